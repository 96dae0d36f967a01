"""What is said of places and journeys, in the terminal and on the page."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import numpy as np
import pytest
from rich.console import Console

from cxsim.config.loading import load
from cxsim.measure.blank import make_blank_outcome
from cxsim.measure.comparison import compare_kpis
from cxsim.measure.ledger import ledger_table
from cxsim.measure.table import Table
from cxsim.measure.touchpoints import touchpoints_table
from cxsim.report.page import Report, render_page
from cxsim.report.page_journeys import fix_rows, has_gap, loop_rows, read_journeys, view_words
from cxsim.report.terminal_journeys import print_gaps, print_journeys


def _with_csat(kpis, value):
    """KPI rows with another satisfied share of journeys."""
    values = kpis["value"].copy()
    values[kpis["metric"] == "csat_journey"] = value
    return Table({**kpis.columns, "value": values})


@pytest.fixture(scope="module")
def rows(config, make_kpis):
    both = [make_kpis(config, "baseline", 1.0), make_kpis(config, "better", 1.3)]
    return _with_csat(Table.concat(both), 0.6)


@pytest.fixture(scope="module")
def reading(config, rows, make_reading):
    return make_reading(config, rows, baseline=40.0, better=10.0)


def _printed(show, *arguments, is_terminal=False):
    console = Console(file=io.StringIO(), width=100, force_terminal=is_terminal, color_system=None)
    show(*arguments, console)
    return console.file.getvalue()


def test_the_worst_comes_first_with_its_owner_and_money(reading):
    assert [row[:4] for row in fix_rows(reading, "baseline")] == [
        ["phone", "wait", "support", "product"], ["web", "handoff", "IT", "product"]]
    assert [row[4] for row in fix_rows(reading, "baseline")] == ["40.0", "3.00"]
    assert [row[4] for row in fix_rows(reading, "better")] == ["10.0", "3.00"]


def test_money_is_in_proportion_to_pain_and_to_the_effect_of_satisfaction(reading, config):
    money = reading.fixes.select(scenario="baseline")["money_per_year"]
    assert money[0] / money[1] == pytest.approx(40 / 3)
    # 300 episodes make 100 journeys, so each is a third; a margin of 700 - 20 in the horizon.
    yearly = (700 - 20) * 365 / config.horizon_days
    assert money[0] == pytest.approx(0.40 / 3 * config.satisfaction.total_effect.value * yearly)


def test_touchpoints_are_set_against_the_journey_in_words(reading):
    words = view_words(reading, "baseline")
    assert words == ("2 of 3 touchpoints satisfy at least 70.0%; the journey from end to end satisfies 60.0%: "
                     "it fails though web, solution please.")
    assert has_gap(reading, "baseline")


def test_a_journey_on_target_is_no_gap(config, rows, make_reading):
    fine = make_reading(config, _with_csat(rows, 0.75), baseline=40.0)
    assert not has_gap(fine, "baseline") and "fails" not in view_words(fine, "baseline")
    assert _printed(print_gaps, fine) == ""


@pytest.mark.parametrize("is_terminal", [False, True])
def test_terminal_names_places_owners_and_what_the_money_is(reading, is_terminal):
    text = _printed(print_journeys, reading, "USD", is_terminal=is_terminal)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "Fix this first: baseline" in text and "Who owns it: better" in text
    assert "first-order reading, not a simulation" in " ".join(text.split())
    assert text.isascii() or is_terminal
    gaps = " ".join(_printed(print_gaps, reading).split())
    assert gaps.count("it fails though web, solution please") == 2


def test_nothing_felt_is_nothing_said(config):
    outcome = make_blank_outcome()
    places, ledger = touchpoints_table(outcome, "baseline", config), ledger_table(outcome, "baseline", config)
    assert read_journeys(places, ledger, Table({}), {}, None) is None
    assert _printed(print_journeys, None, "USD") == "" and _printed(print_gaps, None) == ""


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_has_a_section_on_journeys_and_one_on_the_loop(config, rows, reading):
    base, better = rows.select(scenario="baseline"), rows.select(scenario="better")
    report = Report(config, rows, {"engine": "compiled"}, comparison=compare_kpis(base, better),
                    scenario_configs={"better": config}, journeys=reading)
    text = render_page(report)
    parser = _Text()
    parser.feed(text)
    assert not parser.open
    for words in ("Touchpoints and journeys", "The repeat loop", "the five Ps", "population knowledge",
                  "it fails though web, solution please"):
        assert words in text, words
    assert text == render_page(report)
    without = render_page(Report(config, rows, {"engine": "compiled"}))
    assert "Touchpoints and journeys" not in without and "The repeat loop" not in without


def test_loop_is_drawn_where_knowledge_changes_anything(rows, reading):
    worlds = [load(), load(["knowledge.fit_gain=0.5"])]
    drawn = [render_page(Report(world, rows, {"engine": "simpy"}, journeys=reading)).count("<svg")
             for world in worlds]
    assert drawn[1] == drawn[0] + 1


def test_loop_table_compares_the_first_month_with_the_last(rows):
    values = rows["value"].copy()
    here = (rows["metric"] == "fit") & (rows["segment"] == "all")
    values[here & (rows["period"] == "1")] = 0.5
    values[here & (rows["period"] == "3")] = np.nan
    found = loop_rows(Table({**rows.columns, "value": values}), ["baseline"])
    (fit,) = [row for row in found if row[0] == "fit"]
    assert fit == ["fit", "baseline", "50.0%", "–"]
