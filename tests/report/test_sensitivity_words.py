"""What sensitivity and draws say and draw, from tables that are given."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import cxsim
from cxsim.cli.main import main
from cxsim.measure.table import Table
from cxsim.report.sensitivity_figures import as_svg, sobol_drawing, tornado_drawing
from cxsim.report.sensitivity_sections import sections_of_sensitivity
from cxsim.report.svg import style
from cxsim.report.uncertainty import figure_of_fans

LONG = "points_program+live_chat"


def _table(**columns) -> Table:
    return Table({name: list(values) for name, values in columns.items()})


def _sobol(first: float, total: float) -> Table:
    return _table(scenario=["built"] * 2, parameter=["a.b", "c.d"], first=[first, -0.07],
                  first_low=[first - 0.2, -0.2], first_high=[first + 0.2, 0.1], total=[total, 0.02],
                  total_low=[total - 0.2, 0.0], total_high=[total + 0.2, 0.1], pairs=[32, 32])


def _found(sobol: Table, least: float = 10.0, swings: tuple[float, float] = (9.0, 4.0)) -> SimpleNamespace:
    tornado = _table(
        scenario=["built"] * 2, parameter=["a.b", "c.d"], metric=["profit"] * 2, low=[0.0] * 2, high=[1.0] * 2,
        difference=[5.0] * 2, at_low=[5.0] * 2, at_high=[5.0 + one for one in swings], half_low=[0.0] * 2,
        half_high=[2.0] * 2, swing=swings)
    flips = _table(
        parameter=["c.d"], evidence=["published"], value=[0.5], low=[0.0], high=[1.0], flip=[0.4], moved=[-0.1],
        luck_low=[0.3], luck_high=[0.45], then_best=["baseline"], reason=[""])
    worth = _table(parameter=["everything", "a.b"], metric=["profit"] * 2, value=[49.0, 20.0], low=[30.0, 5.0],
                   high=[60.0, 30.0], least=[least, 20.0], draws=[64] * 2)
    return SimpleNamespace(
        config=cxsim.load(["replications=4"]), options=SimpleNamespace(digits=4), metric="profit", money="profit",
        best="built", lead=("baseline", 5.0, 1.0, 9.0), failures={},
        tables={"sensitivity": tornado, "flip_points": flips, "sobol": sobol, "value_of_information": worth})


def _words(found: SimpleNamespace, title: str) -> str:
    return " ".join(next(one for one in sections_of_sensitivity(found) if one.title == title).words)


def test_a_share_alone_above_the_share_in_all_is_not_told_apart_from_it() -> None:
    words = _words(_found(_sobol(0.43, 0.36)), "Which ignorance makes the spread")
    assert "36%" in words and "43%" not in words and "cannot be told apart" in words
    told = _words(_found(_sobol(0.30, 0.36)), "Which ignorance makes the spread")
    assert "by itself it makes 30% (10% to 50%)" in told and "cannot" not in told


@pytest.mark.parametrize(("first", "total", "said"), [
    (0.5, 2.36, "do not tell how much (95%: 216% to 256%; raise sensitivity.pairs)"),
    (0.1, 0.36, "whether it makes any by itself cannot be told (-10% to 30%)")])
def test_impossible_shares_are_not_claimed(first, total, said) -> None:
    words = _words(_found(_sobol(first, total)), "Which ignorance makes the spread")
    assert said in words and "236%" not in words


def test_nothing_is_clipped_in_the_table_of_shares() -> None:
    section = sections_of_sensitivity(_found(_sobol(1.1, 0.95)))[-1]
    assert section.grids[0].rows[0][1:] == ["110%", "90% to 130%", "95%", "75% to 115%"]
    assert section.grids[0].rows[1][1:3] == ["-7%", "-20% to 10%"]
    assert "below 0% or above 100%" in section.notes[0]


def test_different_leaders_are_explained_in_one_sentence_and_one_leader_is_not() -> None:
    title = "Which ignorance makes the spread"
    words = _words(_found(_sobol(0.3, 0.36)), title)
    assert "flips soonest with c.d" in words and "the bar of a.b is widest" in words
    assert "different questions" in words
    alone = _found(_sobol(0.3, 0.36))
    alone.tables["flip_points"] = alone.tables["flip_points"].take(np.zeros(1, dtype=bool))
    assert "different questions" not in _words(alone, title), "a.b leads in both that are left"


@pytest.mark.parametrize(("least", "said"), [
    (10.0, "worth 10.0 to 49.0 USD over the horizon: the larger figure"),
    (0.0, "worth at most 49.0 USD over the horizon, perhaps nothing: the luck"), (49.0, "worth 49.0 USD over")])
def test_the_worth_of_knowing_everything_is_one_clear_range(least, said) -> None:
    words = _words(_found(_sobol(0.3, 0.36), least), "What it is worth to know more")
    assert said in words and "or more" not in words


def test_lines_of_the_tornado_are_the_intervals_of_the_table() -> None:
    figure = _drawn(tornado_drawing(_found(_sobol(0.3, 0.36)).tables["sensitivity"], "built", 0.95))
    lines = [one.get_segments()[0][:, 0].tolist() for one in figure.axes[0].collections]
    assert sorted(lines) == [[7.0, 11.0], [12.0, 16.0]]  # 9 -+ 2 and 14 -+ 2
    assert "95% interval of the change" in [one.get_text() for one in figure.legends[0].get_texts()]


def _drawn(drawing):
    from cxsim.report.svg import make_figure

    with style():
        figure = make_figure(*drawing[:2])
        drawing[2](figure)
        figure.canvas.draw()
    return figure


def test_every_picture_writes_keys_whole() -> None:
    keys = ["perception.weights.fit", "perception.quality_weight"]
    table = Table({**{name: _sobol(0.3, 0.4)[name] for name in _sobol(0.3, 0.4).names}, "parameter": keys})
    figure = _drawn(sobol_drawing(table))
    assert [one.get_text() for one in figure.axes[0].get_yticklabels()] == keys
    assert as_svg(sobol_drawing(table)).startswith("<svg")


def test_titles_of_fans_are_not_cut_off() -> None:
    n, names = 12, ("points_program", "live_chat", LONG)
    columns = {name: np.zeros(3 * n) for name in (
        "low", "high", "inner_low", "inner_high", "known_low", "known_high", "middle")}
    fan = Table({"scenario": [one for one in names for _ in range(n)], "metric": ["profit"] * (3 * n),
                 "month": list(range(1, n + 1)) * 3, **columns})
    with style():
        figure = figure_of_fans(fan)
        figure.canvas.draw()
    boxes = [axes._left_title.get_window_extent() for axes in figure.axes]
    starts = [box.x0 for box in boxes[1:]] + [figure.bbox.x1]
    assert all(box.x1 < start for box, start in zip(boxes, starts, strict=True))
    assert all(box.y1 <= figure.bbox.y1 for box in boxes)
    assert figure.axes[2].get_title("left").endswith("profit added up")


CENTRE = ["market=contact_centre", "horizon_days=2", "replications=2", "scenarios=[more_staff]"]
GOES_ON = "finished lives {}are kept: start the same command again and it goes on from them"


def _press_ctrl_c(*_args, **_named):
    raise KeyboardInterrupt


def test_interrupted_sensitivity_says_that_it_goes_on(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr("cxsim.whatif.drawn.DrawLives.live", _press_ctrl_c)
    monkeypatch.setattr("cxsim.cli.main._leave_at_once", lambda code: None)  # Threads of other tests may be left.
    words = ["sensitivity.parameters={channels.phone.wage_per_hour: [1, 30]}", f"hydra.run.dir={tmp_path}/a"]
    assert main(["sensitivity", *CENTRE, *words]) == 130
    assert capsys.readouterr().err.endswith(f"cxsim: interrupted; {GOES_ON.format('')}\n")


def test_interrupted_draws_of_a_comparison_say_that_they_go_on(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr("cxsim.whatif.drawn.DrawLives.live", _press_ctrl_c)
    monkeypatch.setattr("cxsim.cli.main._leave_at_once", lambda code: None)  # Threads of other tests may be left.
    words = ["depth.draws=8", "depth.parameters={channels.phone.wage_per_hour: [1, 30]}"]
    assert main(["compare", *CENTRE, *words, f"hydra.run.dir={tmp_path}/a"]) == 130
    assert GOES_ON.format("of draws ") in capsys.readouterr().err
