"""The website in a real browser: every page, wide and on a phone; folds, search, filter, dark, print.

Needs Playwright (pip install playwright), a Chromium on PATH, and the extra `site`; without them it is
skipped.
"""
import functools
import gzip
import http.server
import json
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "site"))
import notebook_files  # noqa: E402

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytest.importorskip("sphinx", reason="the extra `site` is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on PATH")

LEDGER = json.loads((ROOT / "course_lib/data/evidence.json").read_text(encoding="utf-8"))["rows"]
PAGES = [path.stem for path in sorted((ROOT / "site").glob("*.md"))]
PAGES += [f"notebooks/{path.stem}" for path in notebook_files.FILES]
PAGES += ["changelog", "search", "api/optimizers", "api/networks", "api/claims"]
BUDGET = 1_000_000  # bytes of a page with all that it loads, compressed
RAW_TEX = """() => {  // texts outside code and formulas that look like TeX
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent;
        if (/\\$|\\\\[a-zA-Z(\\[]/.test(text)
            && !walker.currentNode.parentElement.closest("code, pre, script, style, mjx-container"))
            found.push(text.trim().slice(0, 80));
    }
    return found;
}"""
WIDER = """() => {  // what sticks out of a page that scrolls sideways
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll(".bd-article *")]
        .filter(e => e.getBoundingClientRect().right > width + 1).slice(0, 5)
        .map(e => e.outerHTML.slice(0, 120));
}"""
NO_ALT = """() => [...document.querySelectorAll(".bd-article img")]
    .filter(image => (image.alt || "").trim().length < 20).map(image => image.src)"""
LUMINANCE = """element => {
    const [r, g, b] = getComputedStyle(element).backgroundColor.match(/[\\d.]+/g).map(Number);
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the site and logs nothing."""

    def log_message(self, *args):
        """Log nothing."""


@pytest.fixture(scope="module")
def address():
    """The address of the site, built as `make site` does."""
    built = ROOT / ".build" / "site"
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going", "-q", "-b", "html",
               "-d", str(ROOT / ".build" / "site-doctrees"), str(ROOT / "site"), str(built)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    handler = functools.partial(Quiet, directory=str(built))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A page, with what the browser asked for and complained of while it was open."""

    def __init__(self, browser, address, **options):
        self.address, self.errors, self.away, self.responses = address, [], [], []
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.route("**/*", self._only_here)
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", lambda response: self.responses.append(response))

    def _only_here(self, route):
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            self.away.append(route.request.url)
            route.abort()

    def weights(self):
        """Return {address: bytes, compressed} of all that was loaded."""
        bodies = {r.url: r.body() for r in self.responses if r.status == 200}
        return {url: min(len(body), len(gzip.compress(body))) for url, body in bodies.items()}

    def open(self, name):
        """Open a page and wait until its formulas are set."""
        self.page.goto(f"{self.address}/{name}.html", wait_until="load")
        self.page.wait_for_function("!window.MathJax || window.MathJax.startup?.promise")
        self.page.evaluate("window.MathJax?.startup?.promise")
        return self.page


@pytest.fixture
def visit(browser, address):
    """A new visit."""
    made = Visit(browser, address)
    yield made
    made.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_wide_and_on_a_phone_and_asks_nobody_else(visit, name):
    page = visit.open(name)
    assert page.evaluate(RAW_TEX) == []
    assert page.locator("mjx-merror").count() == 0
    assert page.evaluate(NO_ALT) == []
    assert page.evaluate(WIDER) == []
    weights = visit.weights()
    print(name, "weighs", sum(weights.values()))
    assert sum(weights.values()) <= BUDGET, sorted(weights.items(), key=lambda item: -item[1])[:6]
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(150)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.evaluate(WIDER)
    assert visit.away == [] and visit.errors == []


def test_formulas_are_set(visit):
    assert visit.open("notebooks/05_descend_the_gradient").locator("mjx-container").count() > 50


def test_the_home_page_shows_the_explorer_three_doors_and_every_notebook(visit):
    page = visit.open("index")
    assert page.locator(".course-explorer canvas").first.is_visible()
    assert page.locator(".doors .sd-card").count() == 3
    for link, target in (("Learn", "00_start_here"), ("Teach", "teach"), ("evidence", "evidence")):
        card = page.locator(".doors .sd-card", has_text=link).first
        assert target in card.locator("a").first.get_attribute("href")
    links = page.locator(".bd-article a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert {f"notebooks/{path.stem}.html" for path in notebook_files.FILES} <= set(links)


SHADES = """canvas => {  // how many different colours a canvas shows
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""


def test_the_explorer_answers_to_the_mouse_and_says_so_in_words(visit):
    page = visit.open("index")
    status = page.locator(".course-explorer [role=status]")
    land = page.locator(".course-explorer [data-view=land]")
    assert land.evaluate(SHADES) > 20 and page.locator("[data-view=loss]").evaluate(SHADES) > 5
    status.filter(has_text="Steps until").wait_for()  # it speaks once the sliders rest
    before, box = status.inner_text(), land.bounding_box()
    start = [float(page.locator(f"[name={name}]").input_value()) for name in ("x", "y")]
    left, right, low, high = -0.9, 4.1, -1.35, 2.4
    x = box["x"] + box["width"] * (start[0] - left) / (right - left)
    y = box["y"] + box["height"] * (high - start[1]) / (high - low)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up()
    now = [float(page.locator(f"[name={name}]").input_value()) for name in ("x", "y")]
    assert now[0] > start[0] + 0.3 and now[1] < start[1] - 0.1
    page.wait_for_function("([p, old]) => p.textContent !== old", arg=[status.element_handle(), before])
    assert visit.errors == []


def test_the_explorer_draws_a_frame_in_time(visit):
    page = visit.open("index")
    waits = page.evaluate("""async () => {  // milliseconds of work to answer a moving slider
        const rate = document.querySelector(".course-explorer [name=lr]"), times = [];
        for (let k = 0; k < 60; k++) {
            rate.stepUp(k % 2 ? -3 : 3);
            const began = performance.now();
            rate.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise(requestAnimationFrame);
            await new Promise(resolve => setTimeout(resolve, 0));
            times.push(performance.now() - began);
        }
        return times.sort((a, b) => a - b);
    }""")
    print("median milliseconds a frame:", waits[30])
    assert waits[30] < 50  # 17 on a quiet machine; three frames on a busy one


def test_without_scripts_the_home_page_shows_the_race(browser, address):
    visit = Visit(browser, address, java_script_enabled=False)
    visit.page.goto(f"{address}/index.html")
    race = visit.page.locator(".bd-article img").first
    assert race.is_visible() and race.bounding_box()["width"] > 600
    assert not visit.page.locator(".alive").is_visible()
    visit.context.close()


README = (ROOT / "README.md").read_text(encoding="utf-8")
RACERS = ("nesterov", "momentum", "adam", "sgd", "adagrad", "rmsprop")


def test_the_explorer_of_the_home_page_runs_the_race_of_the_readme(visit):
    page = visit.open("index")
    assert page.locator(".bd-article figure.hero").count() == 0
    explorer = page.locator(".course-explorer")
    for rule in RACERS:
        row = explorer.locator(f"tr[data-rule={rule}]")
        row.locator("[type=checkbox]").check()
        steps = row.locator("td").nth(4)
        page.wait_for_function("cell => cell.textContent", arg=steps.element_handle())
        assert f"{rule} {steps.inner_text()}" in README


def test_the_explorer_can_be_used_with_the_keyboard_and_says_what_it_predicts(visit):
    page = visit.open("index")
    explorer = page.locator(".course-explorer")
    explorer.locator("[name=landscape]").select_option("ravine")
    explorer.locator("[name=steered][value=sgd]").focus()
    page.keyboard.press("Space")
    status = explorer.locator("[role=status]")
    status.filter(has_text="diverges above the rate 2.").wait_for()
    rate = explorer.locator("[name=lr]")
    rate.focus()
    assert rate.evaluate("input => getComputedStyle(input).outlineStyle") == "solid"
    page.keyboard.press("End")  # the largest rate, 10
    status.filter(has_text="the predicted factor per step is 9.000").wait_for()
    assert rate.get_attribute("aria-valuetext") == "10"
    page.wait_for_function("() => document.querySelector('tr[data-rule=sgd]').cells[4].textContent === 'diverges'")
    for view in ("land", "loss"):
        assert len(explorer.locator(f"[data-view={view}]").get_attribute("aria-label")) > 20
    unnamed = explorer.locator("input, select").evaluate_all(
        "all => all.filter(e => !e.labels.length && !e.ariaLabel).length")
    assert unnamed == 0 and visit.errors == []


def test_the_explorer_is_dark_on_a_dark_page(visit):
    page = visit.open("index")
    page.wait_for_timeout(500)
    corner = "canvas => [...canvas.getContext('2d').getImageData(3, 3, 1, 1).data]"
    assert page.locator("[data-view=loss]").evaluate(corner) == [255, 255, 255, 255]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(1000)
    assert page.locator("[data-view=loss]").evaluate(corner) == [22, 24, 28, 255]


def test_the_output_after_a_question_opens_when_asked(visit):
    page = visit.open("notebooks/00_start_here")
    fold = page.locator("details", has=page.locator("summary", has_text="Show what happened")).first
    output = fold.locator(".cell_output").first
    assert not output.is_visible()
    fold.locator("summary").click()
    output.wait_for(state="visible")  # the figure loads now
    fold.locator("summary").press("Enter")
    output.wait_for(state="hidden")


def test_guards_and_solutions_are_folded(visit):
    page = visit.open("notebooks/00_start_here")
    guards = page.locator(".cell.tag_guard")
    assert guards.count() == sum("guard" in cell["metadata"].get("tags", [])
                                 for cell in notebook_files.cells(notebook_files.FILES[0]))
    assert not any(guard.locator("pre").first.is_visible() for guard in guards.all())
    solution = page.locator("details", has=page.locator("summary", has_text="Solution")).first
    assert not solution.locator("pre").first.is_visible()
    solution.locator("summary").click()
    assert solution.locator("pre").first.is_visible()


def test_search_finds_notebooks(visit):
    page = visit.open("search")
    page.goto(f"{visit.address}/search.html?q=heavy+ball")
    page.locator("#search-results ul.search li").nth(3).wait_for()
    assert page.locator("#search-results li a[href*='10_add_momentum']").count() > 0
    assert visit.errors == []


def test_the_claims_can_be_filtered_by_verdict_and_by_words(visit):
    page = visit.open("evidence")
    rows, said = page.locator("table.evidence tbody tr:visible"), page.locator(".evidence-filter output")
    assert rows.count() == len(LEDGER)
    for verdict, count in Counter(row["verdict"] for row in LEDGER).items():
        page.locator(".evidence-filter select").select_option(verdict)
        assert rows.count() == count
        assert said.inner_text() == f"{count} of {len(LEDGER)} claims"
    page.locator(".evidence-filter select").select_option("all")
    page.locator(".evidence-filter input").fill("saddle ADAM")
    wanted = [row for row in LEDGER if "saddle" in row["statement"] and "Adam" in row["statement"]]
    assert 0 < len(wanted) <= rows.count() < len(LEDGER)
    assert all("saddle" in text.lower() and "adam" in text.lower() for text in rows.all_inner_texts())


def test_without_scripts_the_whole_table_of_claims_is_there(browser, address):
    visit = Visit(browser, address, java_script_enabled=False)
    visit.page.goto(f"{address}/evidence.html")
    assert visit.page.locator("table.evidence tbody tr").count() == len(LEDGER)
    visit.context.close()


def test_a_claim_leads_to_its_notebook_and_to_its_source(visit):
    page = visit.open("evidence")
    row = page.locator("table.evidence tbody tr").first
    assert row.locator("a[href^='notebooks/']").count() == 1
    row.locator("a[href^='api/claims']").click()
    page.wait_for_url("**/api/claims.html#*")
    name = page.url.split("#")[1]
    page.locator(f"[id='{name}']").wait_for()
    page.locator(f"[id='{name}'] a[href*='_modules']").click()
    page.wait_for_url("**/_modules/**")
    assert "@claim" in page.locator(".bd-article pre").first.inner_text()


def test_a_term_of_the_glossary_leads_to_its_first_use(visit):
    page = visit.open("glossary")
    links = page.locator("dd a.reference.internal[href*='#term-']")
    assert links.count() > 50
    page.locator("a[href$='#term-weight-decay']").click()
    page.wait_for_url("**/notebooks/*#term-weight-decay")
    page.locator("[id='term-weight-decay']").wait_for(state="attached")


def test_dark_is_dark_and_figures_do_not_blind(visit):
    page = visit.open("notebooks/05_descend_the_gradient")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.locator("body").evaluate(LUMINANCE) < 0.15
    assert page.locator(".highlight pre").first.evaluate(LUMINANCE) < 0.25
    look = page.locator(".cell_output img").first.evaluate("image => getComputedStyle(image).filter")
    assert look == "brightness(0.82)"


def test_print_shows_the_text_only_and_cuts_no_line(visit):
    page = visit.open("notebooks/05_descend_the_gradient")
    page.emulate_media(media="print")
    assert not page.locator(".bd-sidebar-primary").is_visible()
    look = page.locator(".bd-article pre").first.evaluate("pre => getComputedStyle(pre).whiteSpace")
    assert look == "pre-wrap"


def test_figures_are_shown_at_their_full_width(visit):
    visit.page.set_viewport_size({"width": 1440, "height": 900})
    page = visit.open("notebooks/05_descend_the_gradient")
    figure = page.locator(".cell_output img").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth > 0", arg=figure.element_handle())
    shown, own = figure.evaluate("image => [image.width, image.naturalWidth]")
    assert shown >= 0.9 * min(own, 960)
