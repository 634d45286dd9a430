"""The website's text, without building it: nothing of the course is missing from it. The built pages
are looked at in tests/test_site_browser.py.
"""
import json
import re
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "site"
sys.path.append(str(SITE))

import bibliography  # noqa: E402
import course_text  # noqa: E402
import evidence_table  # noqa: E402
import mathjax  # noqa: E402
import notebook_files as nb  # noqa: E402
import timeline  # noqa: E402

BIB = bibliography.entries()
LEDGER = json.loads((ROOT / "course_lib/data/evidence.json").read_text(encoding="utf-8"))["rows"]


@pytest.fixture(scope="module")
def course_site():
    """The extension of Sphinx."""
    pytest.importorskip("sphinx", reason="the extra `site` is not installed")
    import course_site
    return course_site


# ---- bibliography


def test_every_doi_and_arxiv_link_of_the_notebooks_is_in_the_bibliography():
    known = {bibliography.identifier(entry) for entry in BIB}
    missing = {name: where for name, where in nb.cited().items() if name not in known}
    assert missing == {}, "add these to site/references.bib: identifier, and the notebooks that link to it"


def test_every_entry_of_the_bibliography_is_linked_to_by_a_notebook():
    idle = [entry["key"] for entry in BIB if bibliography.identifier(entry) not in nb.cited()]
    assert idle == [], "remove these from site/references.bib: no notebook links to them"


@pytest.mark.parametrize("entry", BIB, ids=[entry["key"] for entry in BIB])
def test_an_entry_has_author_title_year_and_one_address(entry):
    assert entry["author"] and entry["title"]
    assert 1800 < int(entry["year"]) <= 2100
    assert ("doi" in entry) != ("eprint" in entry)
    assert re.fullmatch(r"10\.\d+/\S+|\d{4}\.\d{4,5}|[a-z-]+/\d{7}", bibliography.identifier(entry))


@pytest.mark.parametrize("name", ["key", "identifier"])
def test_no_work_is_in_the_bibliography_twice(name):
    found = [entry["key"] if name == "key" else bibliography.identifier(entry) for entry in BIB]
    assert sorted(found) == sorted(set(found))


def test_the_reader_of_bibtex():
    text = "@misc{a1,\n  author = {A. B and {C D} and others},\n  title = {{Of $x$}},\n  year = {1999},\n}\n"
    assert bibliography.entries(text) == [
        {"key": "a1", "author": "A. B and C D and others", "title": "Of $x$", "year": "1999"}]
    assert bibliography.authors({"author": "A. B and C D and others"}) == "A. B, C D and others"
    with pytest.raises(ValueError, match="cannot read 'loose words'"):
        bibliography.entries(text + "loose words\n")


@pytest.mark.parametrize("link, name", [
    ("https://doi.org/10.1016/0041-5553(64)90137-5)", "10.1016/0041-5553(64)90137-5"),
    ("https://doi.org/10.1109/ICDAR.2003.1).", "10.1109/icdar.2003.1"),
    ("https://arxiv.org/abs/1412.6980v9)", "1412.6980"),
    ("https://arxiv.org/pdf/1412.6980.pdf)", "1412.6980"),
])
def test_what_a_link_is_known_by(link, name):
    assert nb.identifier(*nb.LINK.search(f"[text]({link}").groups()) == name


def test_the_list_of_references_has_every_entry_with_its_address_and_its_notebooks():
    lines = bibliography.listed(course_text.pages()).splitlines()
    assert len(lines) == len(BIB)
    for entry, line in zip(BIB, lines, strict=True):
        assert bibliography.address(entry) in line and entry["title"] in line
        assert re.findall(r"\[(\d\d)\]", line) == nb.cited()[bibliography.identifier(entry)]


# ---- evidence


def test_the_table_of_claims_has_every_row_of_the_ledger():
    lines = [x for x in evidence_table.table(course_text.pages()).splitlines() if x.startswith("| ")][1:]
    assert len(lines) == len(LEDGER)
    for row in LEDGER:
        line = next(x for x in lines if f".{row['name']}>`" in x)
        fields = [field.strip() for field in re.split(r"(?<!\\)\|", line)[1:-1]]
        assert len(fields) == 7
        assert fields[0].lower() == row["statement"].replace("|", "\\|").lower()
        assert fields[1] == f"**{row['verdict']}**"
        assert fields[2].startswith(f"{row['mean']:.3g} [{row['low']:.3g}, {row['high']:.3g}]")
        assert fields[3] == str(row["n"]) and fields[4] == row["varied"]
        link = f"[{row['notebook']}](../notebooks/{row['notebook']}_"
        assert fields[5].startswith(link if row["notebook"] in course_text.pages() else row["notebook"])


def test_the_count_of_verdicts_adds_up():
    counts = list(map(int, re.findall(r"(\d+) \*\*", evidence_table.counted())))
    assert sum(counts) == len(LEDGER)
    assert evidence_table.counted().startswith(f"{len(LEDGER)} claims: ")


@pytest.mark.parametrize("row", LEDGER, ids=[row["name"] for row in LEDGER])
def test_a_claim_leads_to_the_function_that_measures_it(row):
    module = evidence_table.modules()[row["name"]]
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert re.search(rf"^def {row['name']}\(", source, re.M)


# ---- pages


def test_the_parts_hold_every_notebook_once():
    found = [path for _, members in nb.parts() for path in members]
    assert found == sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert len(nb.parts()) > 1 and all(members for _, members in nb.parts())


def test_a_part_begins_with_the_notebook_that_the_map_names():
    starts = {int(nb.number(members[0])): title for title, members in nb.parts()}
    text = (ROOT / "figures/course_map.py").read_text(encoding="utf-8")
    assert starts == {int(n): title for n, title in re.findall(r'^    (\d+): "([^"]+)",$', text, re.M)}


@pytest.mark.parametrize("path", nb.FILES, ids=nb.number)
def test_a_notebook_has_a_title_a_question_and_its_minutes(path):
    assert nb.title(path) and nb.question(path).endswith("?")
    assert 0 < nb.minutes(path) <= 120
    assert f"notebooks/{path.stem}" in course_text.contents()
    assert nb.question(path) in course_text.parts()


@pytest.mark.parametrize("path", sorted(SITE.glob("*.md")), ids=lambda path: path.name)
def test_every_mark_of_a_page_is_replaced(path):
    text = path.read_text(encoding="utf-8")
    assert len(re.findall("<!-- course:", text)) == len(course_text.MARK.findall(text))
    assert "<!-- course:" not in course_text.filled(text)


def test_the_page_for_teachers_says_what_the_readme_says():
    assert "One notebook fills an hour" in course_text.teach()
    assert "](../notebooks/src)" in course_text.teach()


def test_the_glossary_is_sorted_and_leads_to_the_first_use_of_each_term():
    terms = course_text.glossary_terms()
    assert len(terms) > 50
    assert terms == sorted(terms, key=lambda term: re.sub(r"[^a-z0-9]", "", term.lower()))
    text = course_text.with_first_uses((SITE / "glossary.md").read_text(encoding="utf-8"))
    for term in terms:
        number = nb.number(nb.first_use(term)[0])
        assert f"{term}\n: [{number}](#{course_text.label(term)}) · " in text


def test_a_term_that_no_notebook_has_is_named():
    with pytest.raises(ValueError, match="explains 'flux capacitor', which is in no notebook"):
        nb.first_use("flux capacitor")


# ---- notebooks made ready


@pytest.mark.parametrize("path", nb.FILES, ids=nb.number)
def test_what_follows_a_question_is_folded_and_every_guard_too(course_site, path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = course_site.ready(notebook, path, "https://github.com/OWNER/REPO")["cells"]
    asked = False
    for cell in cells:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            asked = "**Predict" in "".join(cell["source"]) or "**Before you run" in "".join(cell["source"])
            continue
        assert ("hide-cell" in tags) == ("guard" in tags)
        if "guard" not in tags and cell["outputs"]:
            assert ("hide-output" in tags) == asked
            asked = False


def test_only_the_first_output_after_a_question_is_folded(course_site):
    def code(*outputs):
        return {"cell_type": "code", "source": "x", "metadata": {}, "outputs": list(outputs)}

    asking = {"cell_type": "markdown", "source": "**Predict:** x?", "metadata": {}}
    telling = {"cell_type": "markdown", "source": "So it is.", "metadata": {}}
    cells = [code("a"), asking, code(), code("b"), code("c"), telling, code("d"), asking, telling, code("e")]
    made = course_site.ready({"cells": cells}, ROOT / "notebooks/none.ipynb", "")["cells"]
    folded = [cell["outputs"][0] for cell in made if "hide-output" in cell["metadata"].get("tags", [])]
    assert folded == ["b"]


def test_every_term_gets_its_label_once(course_site):
    text = ""
    for path in nb.FILES:
        made = course_site.ready(json.loads(path.read_text(encoding="utf-8")), path, "")
        text += "".join(cell["source"] for cell in made["cells"] if cell["cell_type"] == "markdown")
    for term in course_text.glossary_terms():
        assert text.count(f"({course_text.label(term)})=\n\n") == 1


@pytest.mark.parametrize("before, after", [
    ("[a](14_understand_adam.ipynb)", "[a](14_understand_adam.ipynb)"),
    ("![a](../figures/map.png)", "![a](../figures/map.png)"),
    ("[a](../course_lib/checks)", "[a](R/tree/main/course_lib/checks)"),
    ("[a](../course_lib/optimizers/rules.py)", "[a](R/blob/main/course_lib/optimizers/rules.py)"),
    ("[a](https://doi.org/10.1/2)", "[a](https://doi.org/10.1/2)"),
    ("[a](#term-x)", "[a](#term-x)"),
    ("[a](nowhere.md)", "[a](nowhere.md)"),
])
def test_links_to_what_is_no_page_lead_to_the_repository(course_site, before, after):
    assert course_site.with_addresses(before, ROOT / "notebooks", "R") == after


# ---- docstrings, settings, what is fetched


@pytest.mark.parametrize("text, made", [
    ("Return |w| of `w**2`.", "Return \\|w\\| of \\ ``w**2``\\ ."),
    ("Do.\n\nw: a.\n    b.\nlr, k: c.\nRaises D.", "Do.\n\n- w: a. b.\n\n- lr, k: c.\n\nRaises D."),
    ("Do.\n\n>>> 2 ** 3\n8", "Do.\n\n>>> 2 ** 3\n8"),
    ("Do.\n\n    a    b*", "Do.\n\n::\n\n        a    b*"),
    ("Do.\n\nw: a\nb.\nrng draws.", "Do.\n\n- w: a b.\n\nrng draws."),
    ("Do.\n\nNotebooks: 05.", "Do.\n\nNotebooks: 05."),
    ("One line\nand another of *args.", "One line and another of \\*args."),
])
def test_a_docstring_in_plain_text_becomes_restructured_text(course_site, text, made):
    assert course_site.plain_text(text) == made


def test_only_the_icons_that_are_shown_remain(course_site):
    script = 'x={bars:[448,512,["navicon"],"f0c9","M0"],"bar-s":[1,2,[],"f",["M1","M2"]],sun:[1,2,[],"f1","M3"]}'
    assert course_site.without_icons(script, {"navicon", "sun"}) == (
        'x={bars:[448,512,["navicon"],"f0c9","M0"],sun:[1,2,[],"f1","M3"]}')


@pytest.fixture
def conf(monkeypatch, tmp_path):
    """The settings, with a folder in place of MathJax."""
    monkeypatch.setattr(mathjax, "KEPT", tmp_path)
    monkeypatch.setattr(course_text, "MADE", tmp_path / "pages")
    monkeypatch.setattr(sys, "path", list(sys.path))
    return runpy.run_path(str(SITE / "conf.py"))


def test_no_button_leads_away_before_the_course_is_published(conf):
    before = conf["html_theme_options"]
    assert "OWNER" in conf["REPOSITORY"]
    assert not before["use_repository_button"] and before["launch_buttons"] == {}


def test_one_address_and_one_service_are_all_that_the_buttons_need(conf):
    hub = {"binderhub_url": "https://hub.example"}
    after = conf["buttons"]("https://github.com/someone/course", hub)
    assert after["use_repository_button"] and after["repository_url"].endswith("someone/course")
    assert after["launch_buttons"] == {"notebook_interface": "jupyterlab", **hub}


def test_the_library_has_a_page_a_room_which_names_each_of_its_modules(conf):
    pages = {path.stem: path.read_text(encoding="utf-8") for path in course_text.MADE.glob("*.rst")}
    listed = set(re.findall(r"automodule:: (\S+)", "\n".join(pages.values())))
    files = [*(ROOT / "course_lib").rglob("*.py"), *(ROOT / "experiments/claims").glob("*.py")]
    assert listed == {
        ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for p in files}
    named = set(re.findall(r"^api/(\w+)$", (SITE / "api.md").read_text(encoding="utf-8"), re.M))
    assert named == set(pages)


def test_a_mathjax_of_other_bytes_is_refused(tmp_path):
    (tmp_path / "mathjax.tgz").write_bytes(b"something else")
    with pytest.raises(ValueError, match=re.escape("not that of mathjax@")):
        mathjax.verified(tmp_path / "mathjax.tgz")


def test_without_npm_one_sentence_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(mathjax, "KEPT", tmp_path / "absent")
    monkeypatch.setattr(mathjax.shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match=r"needs npm once, to fetch mathjax@.*found none"):
        mathjax.folder()


def test_the_timeline_is_in_order_and_agrees_with_the_bibliography():
    known = {entry["key"]: entry for entry in bibliography.entries()}
    used = nb.cited()
    years = [year for year, *_ in timeline.LINES]
    assert years == sorted(years)
    for year, key, what, notebooks in timeline.LINES:
        assert notebooks, what
        if key is not None:
            entry = known[key]
            assert str(year) == entry["year"] or (year, entry["year"]) == (1847, "2012"), what
            citing = set(used[bibliography.identifier(entry)])
            assert citing & set(notebooks.split()), f"{what}: cited in {sorted(citing)}"
