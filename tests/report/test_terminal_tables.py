"""What a strategist reads in the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cxsim.measure.comparison import compare_kpis, pairing_gain
from cxsim.measure.table import Table
from cxsim.report.terminal import terminal_comparison, terminal_run


def _console(is_terminal: bool) -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=is_terminal, color_system=None)


@pytest.fixture(scope="module")
def rows(config, make_kpis):
    scenarios = [make_kpis(config, "same", 1.0), make_kpis(config, "better", 1.3)]
    return make_kpis(config, "baseline", 1.0), Table.concat(scenarios)


def _text(config, rows, is_terminal=False, **arguments):
    console = _console(is_terminal)
    terminal_comparison(compare_kpis(*rows), config, engine="compiled", replications=6, console=console,
                        gain=pairing_gain(*rows), **arguments)
    return console.file.getvalue()


def test_comparison_says_no_detectable_difference_only_where_the_interval_holds_zero(config, rows):
    text = _text(config, rows)
    same, better = text.split("better against baseline")
    assert "no detectable difference" in same and "(+/-0)" in same
    assert "more, better" in better and "more, worse" in better
    for line in better.splitlines():
        if line.startswith("|revenue"):
            assert "detectable" not in line


def test_caption_names_engine_replications_seed_population_confidence_and_placeholders(config, rows):
    text = " ".join(_text(config, rows).split())
    for words in ("compiled engine", "6 replications", "seed 1", "a going business (population.start=base)",
                  "5,000 customers", "intervals 95%", "are placeholders ("):
        assert words in text, words


@pytest.mark.parametrize("is_terminal", [False, True])
def test_tables_stay_within_a_hundred_columns(config, rows, is_terminal):
    text = _text(config, rows, is_terminal, descriptions={"better": "x" * 150})
    assert max(len(line) for line in text.splitlines()) <= 100


def test_tables_outside_a_terminal_are_plain_ascii(config, rows):
    assert _text(config, rows, descriptions={"better": "plus ± minus – more…"}).isascii()


def test_names_are_printed_as_they_are_and_never_as_markup(config, make_kpis):
    evil = "[bold red]x[/]"
    rows = (make_kpis(config, "baseline", 1.0), make_kpis(config, evil, 1.1))
    assert evil in _text(config, rows, is_terminal=True)


def test_metrics_that_say_nothing_are_left_out_and_named(config, rows):
    silent = {"wait_minutes", "abandon_rate"}
    kept = []
    for table in rows:
        values = table["value"].copy()
        values[[metric in silent for metric in table["metric"].tolist()]] = float("nan")
        kept.append(Table({**table.columns, "value": values}))
    text = _text(config, kept)
    assert "0 or undefined on both sides: wait (minutes), abandon rate" in " ".join(text.split())
    assert not any(line.startswith("|wait") for line in text.splitlines())


def test_single_run_shows_mean_and_interval(config, rows):
    console = _console(False)
    terminal_run(rows[0], config, engine="simpy", console=console)
    text = console.file.getvalue()
    assert text.isascii() and "simpy engine" in text and "purchases" in text


def test_one_replication_says_that_there_is_no_interval(config, rows):
    one = [table.select(replication=0) for table in rows]
    assert "one pair: no interval" in _text(config, one)
