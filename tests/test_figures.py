"""The README's picture: drawn from the committed code, its numbers repeated correctly in the text,
and small.
"""
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "figures"))
import course_map  # noqa: E402

import figures  # noqa: E402


@pytest.fixture(scope="module")
def runs():
    return figures.race()


def test_the_readme_tells_the_numbers_of_the_race(runs):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, (_, run) in runs.items():
        assert f"{name} {figures.settled(run.loss, figures.TARGET):.0f}" in readme


def test_the_alt_text_of_the_race_has_its_order_and_its_numbers(runs):
    alt = re.search(r"!\[([^\]]+)\]\(figures/race.png\)", (ROOT / "README.md").read_text(encoding="utf-8"))[1]
    steps = {name: int(figures.settled(run.loss, figures.TARGET)) for name, (_, run) in runs.items()}
    told = re.findall(r"(\w+) after (\d+)", alt)
    assert told == [(name, str(steps[name])) for name in sorted(steps, key=steps.get)]
    assert f"at step {min(steps.values())}" in alt


def test_the_home_page_begins_with_the_race(runs):
    page = (ROOT / "site" / "index.md").read_text(encoding="utf-8")
    given = json.loads(re.search(r"data-explorer='([^']+)'", page)[1])
    assert given["landscape"] == "beale" and given["start"] == runs["sgd"][1].w[0].tolist()
    assert {name: values["lr"] for name, values in given["hyper"].items()} == pytest.approx(
        {name: lr for name, (lr, _) in runs.items()}, rel=1e-8)


def test_every_rate_of_the_race_lies_inside_its_grid(runs):
    assert all(figures.RATES[0] < lr < figures.RATES[-1] for lr, _ in runs.values())


@pytest.mark.parametrize("name", ["race.png", "map.png"])
def test_the_committed_picture_is_what_the_code_draws(runs, tmp_path, monkeypatch, name):
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    with figures.plt.style.context(["default", "course_lib.course"]):
        figures.save(figures.draw_race(runs) if name == "race.png" else figures.draw_map(), name)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    drawn, committed = (np.asarray(Image.open(folder / name).convert("L"), dtype=float)
                        for folder in (tmp_path, ROOT / "figures"))
    assert drawn.shape == committed.shape
    assert (
        np.abs(drawn - committed) > 64
    ).mean() < 0.01  # fonts may be hinted differently elsewhere


def test_the_map_shows_every_notebook_and_the_fast_path():
    with figures.plt.style.context(["default", "course_lib.course"]):
        ax, = figures.draw_map().axes
    texts = [text.get_text() for text in ax.texts]
    numbers = {int(text[:2]) for text in texts if text[:2].isdigit()}
    sources = {int(path.name[:2]) for path in (ROOT / "notebooks" / "src").glob("[0-9][0-9]_*.py")}
    dark = {int(text.get_text()[:2]) for text in ax.texts if text.get_color() == "white"}
    assert numbers == sources and dark == course_map.fast_path() and len(dark) == 14


def test_pictures_are_small():
    pictures = list((ROOT / "figures").glob("*.png"))
    assert pictures and all(picture.stat().st_size < 100_000 for picture in pictures)
