// A search field and a choice of verdicts above the table of claims.
const table = document.querySelector("table.evidence");

function row_verdict(row) {
  return row.cells[1].textContent.trim();
}

function labelled(text, control) {
  const label = document.createElement("label");
  label.append(text, control);
  return label;
}

function choice(verdicts) {
  const select = document.createElement("select");
  for (const verdict of ["all", ...verdicts]) select.add(new Option(verdict, verdict));
  return select;
}

function add_filter() {
  const rows = [...table.tBodies[0].rows];
  for (const row of rows) row.dataset.verdict = row_verdict(row);
  const search = Object.assign(document.createElement("input"), { type: "search" });
  const select = choice([...new Set(rows.map(row_verdict))]);
  const count = document.createElement("output");

  function show() {
    const words = search.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = select.value === "all" || row.dataset.verdict === select.value;
      row.hidden = !(fits && words.every((word) => text.includes(word)));
      shown += !row.hidden;
    }
    count.textContent = `${shown} of ${rows.length} claims`;
  }

  const form = document.createElement("form");
  form.className = "evidence-filter";
  form.append(labelled("Search ", search), labelled("Verdict ", select), count);
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  const box = table.closest(".pst-scrollable-table-container") || table;
  box.before(form);
  show();
}

if (table) add_filter();
