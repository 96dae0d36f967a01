"""Pictures of a sweep: the front by hand, lines and maps where cells form them, the views of its table."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cxsim.measure.table import Table
from cxsim.report.sweep_curves import draw_curves
from cxsim.report.sweep_figures import Points, draw_front, draw_map, front, points_of
from cxsim.report.svg import inline_svg


def points(metric: str, value: list[float], keys: dict[str, list], unit: str = "money") -> Points:
    n = len(value)
    columns = {key: np.array(v, dtype=object if isinstance(v[0], str) else float) for key, v in keys.items()}
    array = np.array(value)
    return Points(metric, np.arange(n), columns, array, array - 1, array + 1, unit)


def test_the_front_holds_those_that_no_other_beats_in_both() -> None:
    keys = {"a": [0.0, 1.0, 2.0, 3.0, 4.0]}
    profit = points("profit", [1.0, 3.0, 2.0, 0.0, 3.0], keys)
    retention = points("retention_rate", [0.4, 0.1, 0.2, 0.3, 0.1], keys, "share")
    # (1, .4), (3, .1) twice and (2, .2) stand; (0, .3) is beaten by the first in both.
    assert front(profit, retention).tolist() == [True, True, True, False, True]
    waits = points("wait_minutes", [5.0, 1.0, 2.0, 1.0, 1.0], keys, "minutes per contact")  # Less is better.
    assert front(profit, waits).tolist() == [False, True, False, False, True]
    assert "<svg" in inline_svg(draw_front(profit, retention))


def test_a_map_needs_a_whole_grid_of_two_keys() -> None:
    grid = points("profit", [0.0, 1.0, 2.0, 3.0], {"a": [0.0, 0.0, 1.0, 1.0], "b": ["x", "y", "x", "y"]})
    assert draw_map(grid) is not None
    assert draw_map(points("profit", [0.0, 1.0, 2.0], {"a": [0.0, 0.0, 1.0], "b": ["x", "y", "x"]})) is None
    assert draw_map(points("profit", [0.0, 1.0], {"a": [0.0, 1.0]})) is None


@pytest.mark.parametrize(("keys", "n_lines"), [
    ({"a": [0.0, 1.0, 2.0] * 2, "b": ["x"] * 3 + ["y"] * 3}, 2),
    ({"a": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]}, 1),
    ({"a": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5], "b": [5.0, 1.0, 4.0, 3.0, 2.0, 6.0]}, 0),
])
def test_curves_are_lines_where_cells_differ_in_one_key_alone(keys: dict, n_lines: int) -> None:
    figure = draw_curves(points("profit", [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], keys))
    assert figure is not None
    bands = [band for band in figure.axes[0].collections if "Fill" in type(band).__name__]
    assert len(bands) == n_lines


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("names", [["bonus"], ["bonus", "loyalty.earn_rate"],
                                   ["bonus", "loyalty.earn_rate", "touchpoints.reminder.reach"]])
def test_panels_and_their_legends_do_not_overlap(names: list[str]) -> None:
    grid = np.array(list(itertools.product([0.0, 5.0, 10.0, 15.0], [0.01, 0.02, 0.03], [0.0, 1.0])))
    keys = {name: grid[:, k].tolist() for k, name in enumerate(names)}
    keys |= {} if len(names) > 2 else {"segment": ["x", "y"] * 12}
    figure = draw_curves(points("profit", list(np.arange(24.0)), keys))
    assert figure is not None
    figure.draw_without_rendering()
    boxes = [box.get_window_extent() for axes in figure.axes for box in (axes, axes.get_legend())]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    labels = [axes.xaxis.label.get_window_extent() for axes in figure.axes]
    assert not any(one.overlaps(other) for one in labels for other in boxes)
    assert all(box.x0 >= 0 and box.y0 >= 0 and box.width > 100 for box in boxes)
    assert all(axes.bbox.height > 100 for axes in figure.axes)
    if len(names) > 1:
        assert [text.get_text() for text in figure.axes[1].get_xticklabels()] == ["0.01", "0.02", "0.03"]


def test_keys_without_numbers_have_no_curve() -> None:
    assert draw_curves(points("profit", [0.0, 1.0], {"scenario": ["x", "y"]})) is None


def test_points_are_the_whole_runs_rows_of_cells_that_were_lived() -> None:
    table = Table({
        "cell": [0, 0, 1, 2], "a": [1.0, 1.0, 2.0, 3.0], "segment": ["all", "x", "all", "all"],
        "period": ["total"] * 4, "metric": ["profit"] * 4, "difference": [5.0, 9.0, 6.0, float("nan")],
        "ci_low": [4.0] * 4, "ci_high": [7.0] * 4, "unit": ["money"] * 4,
        "status": ["done", "done", "done", "failed"]})
    found = points_of(table, ["a"], "profit")
    assert found is not None and found.value.tolist() == [5.0, 6.0] and found.keys["a"].tolist() == [1.0, 2.0]
    assert points_of(table, ["a"], "nps") is None
