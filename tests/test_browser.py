"""A newcomer's first minutes, in a real browser: `make lab`, one exercise, wrong and then right.

Needs Playwright (pip install playwright) and a Chromium on PATH; without them it is skipped.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import setup_env

ROOT = Path(__file__).resolve().parents[1]
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on PATH"),
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]
TOKEN = "only-for-this-test"
TIMEOUT = 120  # seconds for whatever JupyterLab does
CELL = """source => {  // make the cell with this source the active one, and show it
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const index = notebook.widgets.findIndex(c => c.model.sharedModel.getSource() === source);
    notebook.activeCellIndex = index;
    notebook.scrollToItem(index);
    return index;
}"""
READY = """() => {  // the path of the notebook that is open, once it is there with its kernel
    const panel = window.jupyterapp?.shell.currentWidget;
    const ready = panel?.context?.isReady && panel.sessionContext.isReady;
    return ready && panel.content.widgets.length > 10 ? panel.context.path : "";
}"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A clone of the course as it is now."""
    folder = tmp_path_factory.mktemp("browser") / "a course"
    left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "my_*")
    for name in ("notebooks", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    shutil.copy(ROOT / ".gitignore", folder)
    for command in ("init -q", "add -A", "-c user.name=A -c user.email=a@example.org commit -q -m Course"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def address(course):
    """The address of a JupyterLab that was started as `make lab` does it, with settings and progress
    of its own.
    """
    own = course.parent / "own"
    if Path(sys.prefix).resolve() == setup_env.VENV:
        setup_env.write_settings()
        flags = []
    else:  # an environment that the course's set-up did not make
        (own / "settings").mkdir(parents=True)
        shutil.copy(setup_env.SETTINGS, own / "settings" / "overrides.json")
        flags = [f"--LabApp.app_settings_dir={own / 'settings'}"]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
             "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "MPLCONFIGDIR")
    env = {**os.environ, **{name: str(own / name) for name in names},
           "COURSE_PROGRESS": str(own / "progress.json")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "tools/learner_copies.py", "lab", "--no-browser", f"--port={port}",
               "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
               "--LabApp.expose_app_in_browser=True", *flags]
    own.mkdir(exist_ok=True)
    with (own / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=course, env=env, stdout=log, stderr=log)
    try:
        yield reachable(f"http://127.0.0.1:{port}", server, own / "log")
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def reachable(address, server, log):
    """The address, once the server answers there."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=5):
                return address
        except (OSError, urllib.error.URLError):
            time.sleep(0.3)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def page(address):
    """The page that the browser shows when it is opened at JupyterLab's address."""
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(TIMEOUT * 1000)
        page.goto(f"{address}/?token={TOKEN}")
        page.wait_for_function(READY)
        page.wait_for_timeout(3000)  # the kernel says hello
        yield page
        browser.close()


def run(page, source, new=None):
    """Run the cell with this source by Shift + Enter, after typing `new` over it."""
    assert page.evaluate(CELL, source) >= 0
    page.locator(".jp-Notebook").first.focus()
    if new is not None:
        page.keyboard.press("Enter")
        page.keyboard.press("Control+A")
        page.keyboard.type(new)
    page.keyboard.press("Shift+Enter")


def answer(page, old, new, verdict):
    """Type an answer to exercise 00.1 over the old one, run it and its check, and wait for the verdict.
    """
    run(page, old, new)
    run(page, "check.three_steps(landing)")
    said = page.locator(".jp-OutputArea-output", has_text=f"00.1 Three steps by hand: {verdict}")
    said.wait_for()
    return said.inner_text()


def source_of(course, tag):
    """The source of the first cell of notebook 00 with this tag."""
    notebook = json.loads((course / "notebooks/00_start_here.ipynb").read_text(encoding="utf-8"))
    found = [c for c in notebook["cells"] if tag in c["metadata"].get("tags", [])]
    return "".join(found[0]["source"])


def test_the_first_thing_to_see_is_ones_own_copy_of_00_without_results_and_news(page, course):
    assert page.evaluate(READY) == "my/00_start_here.ipynb"
    assert page.locator(".jp-OutputArea-output").count() == 0
    page.wait_for_timeout(5000)  # JupyterLab asks for news after a moment
    assert page.get_by_text("Jupyter news").count() == 0
    assert sorted(path.name for path in (course / "my").glob("*.ipynb")) == sorted(
        path.name for path in (course / "notebooks").glob("*.ipynb"))


def test_long_lines_wrap_and_carry_no_numbers(page):
    code = page.locator(".jp-CodeCell .cm-content").first
    assert "cm-lineWrapping" in code.get_attribute("class")
    assert page.locator(".jp-CodeCell .cm-lineNumbers").count() == 0


@pytest.fixture(scope="module")
def verdicts(page, course):
    """What the check of 00.1 says to a wrong answer and to the right one, which is then saved."""
    assert source_of(course, "exercise") == "landing = ..."
    run(page, source_of(course, "setup"))
    wrong = answer(page, "landing = ...", "landing = 0.25", "not yet")
    right = answer(page, "landing = 0.25", "landing = -0.125", "correct")
    page.keyboard.press("Control+S")
    saved, end = course / "my/00_start_here.ipynb", time.monotonic() + TIMEOUT
    while "landing = -0.125" not in saved.read_text(encoding="utf-8") and time.monotonic() < end:
        time.sleep(0.2)
    return wrong, right


def test_a_wrong_answer_brings_its_name_and_a_hint_and_a_right_one_neither(verdicts):
    wrong, right = verdicts
    assert "this is where two steps lead; three are asked for" in wrong and "Hint 1 of 3" in wrong
    assert "correct" in right and "Hint" not in right


def test_an_answer_is_saved_and_the_courses_files_are_untouched(verdicts, course):
    saved = (course / "my/00_start_here.ipynb").read_text(encoding="utf-8")
    assert "landing = -0.125" in saved
    status = subprocess.run(["git", "status", "--porcelain"], cwd=course, capture_output=True,
                            text=True, check=True).stdout
    assert status == ""


EXPLORE = """async source => {  // a new cell with this source below the active one, run
    const app = window.jupyterapp, notebook = app.shell.currentWidget.content;
    await app.commands.execute("notebook:insert-cell-below");
    notebook.activeCell.model.sharedModel.setSource(source);
    await app.commands.execute("notebook:run-cell");
}"""


def test_the_explorer_lives_in_an_output_and_listens_to_the_keyboard(page, verdicts):
    page.evaluate(EXPLORE, "from course_lib import explorer\nexplorer.show(kappa=25)")
    alive = page.locator(".jp-OutputArea-output .course-explorer")
    status = alive.locator("[role=status]")
    status.filter(has_text="diverges above the rate 3.8").wait_for()
    for view in ("land", "loss", "phase"):
        assert alive.locator(f"[data-view={view}]").evaluate("canvas => canvas.width * canvas.height") > 40_000
    fits = "labels => labels.every(label => label.scrollWidth <= label.parentElement.clientWidth + 1)"
    assert alive.locator("tbody label").evaluate_all(fits)
    rate, cell = alive.locator("[name=lr]"), page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex")
    before = float(rate.evaluate("input => input.value"))
    rate.focus()
    for _ in range(20):  # arrows that JupyterLab would take
        page.keyboard.press("ArrowRight")
    assert float(rate.evaluate("input => input.value")) == pytest.approx(before + 20 * 0.005)
    assert page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex") == cell
    status.filter(has_text=f"momentum, rate {float(f'{10 ** (before + 0.1):.3g}'):g}:").wait_for()
    page.evaluate("jupyterapp.commands.execute('notebook:delete-cell')")
    alive.wait_for(state="detached")


def test_what_jupyterlab_saved_is_brought_up_to_date_without_losing_the_answer(verdicts, course):
    """The last test of this file, because it changes the course's first cell."""
    path = course / "notebooks/00_start_here.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0] |= {"source": "# Another title", "id": "another"}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = subprocess.run([sys.executable, "tools/learner_copies.py", "merge"], cwd=course,
                          capture_output=True, text=True, check=True)
    cells = json.loads((course / "my/00_start_here.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(c["source"]) for c in cells]
    assert sources[0] == "# Another title" and "landing = -0.125" in sources
    assert [s for s in sources if s.startswith("**You and the course")] == []
    assert "1 kept as you wrote them" in done.stdout and "by you and by" not in done.stdout
