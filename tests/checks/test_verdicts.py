"""Verdicts: coloured in a notebook, worded everywhere, and never HTML of a learner's making."""
import types

import pytest

from course_lib.checks import verdicts


@pytest.mark.parametrize("status", ["correct", "wrong", "not attempted"])
def test_outside_a_notebook_a_verdict_is_plain_text(status, capsys):
    verdicts.show(status, "01.1 X: said\nHint")
    assert capsys.readouterr().out == "01.1 X: said\nHint\n"


@pytest.fixture
def shown(monkeypatch):
    """What is displayed in a notebook."""
    import IPython.display
    seen = []
    monkeypatch.setattr(verdicts, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: seen.append(bundle))
    return seen


@pytest.mark.parametrize("status", ["correct", "wrong"])
def test_in_a_notebook_a_verdict_has_its_colour_and_its_words(status, shown, capsys):
    verdicts.show(status, "01.1 X: said\nHint 1 of 3: more")
    (bundle,) = shown
    assert bundle["text/plain"] == "01.1 X: said\nHint 1 of 3: more"
    colour, sign = verdicts.COLOURS[status]
    for part in (colour, sign, "01.1 X: said", "Hint 1 of 3: more"):
        assert part in bundle["text/html"]
    assert capsys.readouterr().out == ""


def test_what_was_not_attempted_stays_plain_in_a_notebook(shown, capsys):
    verdicts.show("not attempted", "01.1 X: not attempted yet")
    assert capsys.readouterr().out == "01.1 X: not attempted yet\n" and shown == []


def test_a_learner_s_value_is_no_html():
    assert "<b>x</b>" not in verdicts.as_html("wrong", "it is <b>x</b>")
    assert "&lt;b&gt;x&lt;/b&gt;" in verdicts.as_html("wrong", "it is <b>x</b>")


def test_a_kernel_is_told_from_a_terminal(monkeypatch):
    assert not verdicts.in_notebook()
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(verdicts.sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    assert verdicts.in_notebook()


def luminance(colour):
    channels = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [colour for colour, _ in verdicts.COLOURS.values()])
@pytest.mark.parametrize("background", ["#ffffff", "#111111"])
def test_a_sign_can_be_read_on_light_and_dark_pages(colour, background):
    high, low = sorted([luminance(colour), luminance(background)], reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 3  # WCAG, graphical objects
