"""Sections: the same words on the page and in the terminal, and nothing a name can break."""

from io import StringIO

import pytest
from rich.console import Console

from cxsim.config.loading import load
from cxsim.measure.blank import make_blank_outcome
from cxsim.measure.kpis import kpis
from cxsim.report.page import Report, render_page
from cxsim.report.section import Grid, Section
from cxsim.report.terminal_sections import print_sections

GRID = Grid(["driver", "money", "in words"], [["retention <b>", "+12", "more"]], name="by driver", words=1)


def page(*sections):
    rows = kpis(make_blank_outcome(), load(), "baseline")
    return render_page(Report(load(), rows, {"engine": "compiled"}, sections=sections))


def terminal(*sections):
    console = Console(file=StringIO(), width=100)
    print_sections(sections, console)
    return console.file.getvalue()


def test_page_shows_words_grids_and_notes_with_names_escaped():
    html = page(Section("Why & how", ["Because."], [GRID], notes=["Note."]))
    assert "<h2>Why &amp; how</h2>" in html and "<p>Because.</p>" in html and '<p class="note">Note.</p>' in html
    assert "<td>retention &lt;b&gt;</td><td class=\"n\">+12</td><td>more</td>" in html


def test_page_puts_decisions_before_results_and_reasons_after():
    html = page(Section("Reasons", place="why"), Section("Do it", place="decision"))
    assert html.index("<h2>Do it</h2>") < html.index("<h2>Results</h2>") < html.index("<h2>Reasons</h2>")


def test_terminal_says_the_same_and_ends_with_the_decision():
    text = terminal(Section("Do it", ["Now."], place="decision"), Section("Why", ["Because."], [GRID]))
    assert text.index("Because.") < text.index("retention <b>") < text.index("Do it") < text.index("Now.")


def test_terminal_leaves_the_tables_of_a_brief_section_to_the_page_and_says_so():
    text = terminal(Section("Why", ["Because."], [GRID], is_brief=True), Section("Who", (), [GRID], is_brief=True))
    assert "Because." in text and "retention" not in text
    assert "Tables on the page: Why, Who." in text


def test_terminal_never_cuts_a_number_off():
    cells = [f"{k},234,567.89 (+1,000 to +9,999)" for k in range(5)]
    text = terminal(Section("Wide", grids=[Grid(["", *"abcde"], [["row", *cells]])]))
    squeezed = "".join(text.split()).replace("│", "").replace("|", "")
    assert "…" not in text and squeezed.count("(+1,000") == 5 and squeezed.count("567.89") == 5


def test_a_row_that_does_not_fit_its_heads_is_refused():
    with pytest.raises(ValueError, match="2 cells for 1 heads"):
        Grid(["only"], [["a", "b"]])


def test_a_place_that_is_none_is_refused():
    with pytest.raises(ValueError, match="must be one of decision, why, sure, further"):
        Section("Nowhere", place="top")
