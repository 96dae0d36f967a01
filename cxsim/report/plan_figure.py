"""The picture of a plan: what one more customer costs and is worth, budget by budget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, StrMethodFormatter
from numpy.typing import NDArray

from cxsim.errors import CxsimError
from cxsim.measure.whole_file import whole_file
from cxsim.report.svg import inline_svg, make_figure, short, style

ACQUIRE, RETAIN, WORTH, BEST, QUIET = "#0072b2", "#e69f00", "#009e73", "#222222", "#666666"
_STYLE = {
    "svg.hashsalt": "cxsim",
    "svg.fonttype": "path",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_DATELESS = {".svg": {"Date": None, "Creator": "cxsim"}, ".png": {"Software": "cxsim"}}


class Point(Protocol):
    """What the picture reads of one way to spend (`cxsim.whatif.planner.Split`)."""

    budget: float
    marginal_cost_acquire: float
    marginal_cost_retain: float
    customer_value: float
    customer_equity: float


class Drawable(Protocol):
    """What the picture reads of a plan (`cxsim.whatif.planner.Plan`)."""

    table: NDArray
    curve: NDArray
    now: Point
    best: Point


class Banded(Protocol):
    """What the picture reads of bands (`cxsim.whatif.plan_bands.Bands`)."""

    equity: NDArray


class Dated(Protocol):
    """What the picture reads of a calendar (`cxsim.whatif.plan_calendar.CalendarPlan`)."""

    winning: NDArray
    keeping: NDArray
    next_unit: NDArray


def draw_plan(plan: Drawable, path: str | Path, bands: Banded | None = None) -> Path:
    """Draw marginal costs, the value of a customer and customer equity over the budget.

    Parameters
    ----------
    plan : the plan; `curve` is a structured array with the fields of a `Point`.
    path : file to write, ending in .svg or .png; its folder must exist. The same plan gives the
        same bytes, on one version of matplotlib.
    bands : the band of customer equity at each budget of the plan's table, if there is one.

    Returns
    -------
    The path written.

    Raises
    ------
    CxsimError
        For another ending; name the file .svg or .png.

    Source
    ------
    Pfeifer (2005): the three curves of the upper picture meet at the best budget.

    Examples
    --------
    >>> draw_plan(None, "plan.docx")
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: plan.docx: cannot draw into this kind of file; name it .svg or .png
    """

    return draw_file(Path(path), (8.0, 7.4), lambda figure: _draw_plan(figure, plan, bands))


def plan_svg(plan: Drawable, bands: Banded | None = None) -> str:
    """The same picture as an element that can stand inside a page."""
    with style():
        figure = make_figure(8.0, 7.4)
        _draw_plan(figure, plan, bands)
        return inline_svg(figure)


def _draw_plan(figure: Figure, plan: Drawable, bands: Banded | None) -> None:
    costs, equity = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_costs(costs, plan)
    if bands is not None:
        equity.fill_between(plan.table["budget"], *bands.equity.T, color=WORTH, alpha=0.18, linewidth=0)
    _draw_equity(equity, plan)


def draw_calendar(calendar: Dated, path: str | Path) -> Path:
    """Draw a calendar's money by use and period, and what one more unit of cash would add.

    Parameters
    ----------
    calendar : the best use of the cash.
    path : file to write, ending in .svg or .png.

    Raises
    ------
    CxsimError
        For another ending; name the file .svg or .png.
    """
    return draw_file(Path(path), (8.0, 4.6), lambda figure: _draw_calendar(figure, calendar))


def calendar_svg(calendar: Dated) -> str:
    """The same picture as an element that can stand inside a page."""
    with style():
        figure = make_figure(8.0, 4.6)
        _draw_calendar(figure, calendar)
        return inline_svg(figure)


def _draw_calendar(figure: Figure, calendar: Dated) -> None:
    money, adds = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    periods = range(1, len(calendar.winning) + 1)
    money.bar(periods, calendar.winning, color=ACQUIRE, label="to win")
    money.bar(periods, calendar.keeping, bottom=calendar.winning, color=RETAIN, label="to keep")
    money.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    money.set_ylabel("money")
    adds.step([0.5, *(k + 0.5 for k in periods)], [calendar.next_unit[0], *calendar.next_unit], color=WORTH, lw=2)
    adds.set_ylim(bottom=0)
    adds.set_ylabel("one more unit adds")
    adds.set_xlabel("period")
    for axes in (money, adds):
        axes.yaxis.set_major_formatter(FuncFormatter(short))
    adds.xaxis.set_major_locator(MaxNLocator(integer=True))


def draw_file(path: Path, inches: tuple[float, float], draw: Callable[[Figure], None]) -> Path:
    """Draw into a whole .svg or .png file without a date."""
    if path.suffix not in _DATELESS:
        raise CxsimError(f"{path}: cannot draw into this kind of file; name it .svg or .png")
    with rc_context(_STYLE), whole_file(path) as part:
        figure = Figure(figsize=inches, layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        figure.savefig(part, dpi=150, format=path.suffix[1:], metadata=_DATELESS[path.suffix])
    return path


def _draw_costs(axes: Axes, plan: Drawable) -> None:
    curve, now, best = plan.curve, plan.now, plan.best
    lines = (
        ("marginal_cost_acquire", "marginal cost to acquire", {"color": ACQUIRE, "lw": 3.4}),
        ("marginal_cost_retain", "marginal cost to retain", {"color": RETAIN, "lw": 1.8, "ls": (0, (4, 3))}),
        ("customer_value", "value of a customer", {"color": WORTH, "lw": 2.2}),
    )
    for field, label, look in lines:
        axes.plot(curve["budget"], curve[field], label=label, **look)
    marker = {"ls": "none", "mec": "white", "ms": 9, "zorder": 5}
    spent_now = (
        ("cost to acquire", now.marginal_cost_acquire, {"color": ACQUIRE, "marker": "o"}),
        ("cost to retain", now.marginal_cost_retain, {"color": RETAIN, "marker": "s"}),
    )
    for words, cost, look in spent_now:
        axes.plot(now.budget, cost, label=f"{words} as spent now: {cost:,.2f}", **look, **marker)
    label = f"value at the best budget: {best.customer_value:,.2f}"
    axes.plot(best.budget, best.customer_value, marker="D", color=BEST, label=label, **marker)
    shown = [*curve["customer_value"], now.marginal_cost_acquire, now.marginal_cost_retain]
    axes.set_ylim(0, min(1.9 * max(shown), 1.05 * max(*shown, *curve["marginal_cost_acquire"])))
    _mark(axes, plan)
    _name_the_marks(axes, plan)
    axes.set_ylabel("money per customer")
    axes.set_title("One more customer: cost and worth, each budget split best", loc="left", pad=22)
    axes.legend(loc="best", facecolor="white", edgecolor="none", framealpha=0.9)


def _draw_equity(axes: Axes, plan: Drawable) -> None:
    axes.plot(plan.curve["budget"], plan.curve["customer_equity"], color=WORTH, lw=2.2)
    for point, look in (
        (plan.now, {"color": QUIET, "marker": "o"}),
        (plan.best, {"color": BEST, "marker": "D"}),
    ):
        axes.plot(point.budget, point.customer_equity, mec="white", ms=9, zorder=5, **look)
        axes.annotate(
            f"{point.customer_equity:,.2f}",
            (point.budget, point.customer_equity),
            xytext=(8, -16),
            textcoords="offset points",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )
    axes.margins(y=0.15)
    _mark(axes, plan)
    axes.set_title("Customer equity", loc="left")
    axes.set_ylabel("money per prospect")
    axes.set_xlabel("budget, money per prospect (acquisition now + discounted retention of those won)")


def _mark(axes: Axes, plan: Drawable) -> None:
    axes.axvline(plan.now.budget, color=QUIET, lw=1, ls=":")
    axes.axvline(plan.best.budget, color=BEST, lw=1, ls=":")
    axes.grid(axis="y", color="#e5e5e5", lw=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))


def _name_the_marks(axes: Axes, plan: Drawable) -> None:
    # Names lean away from each other, so that two close budgets stay legible.
    now_is_left = plan.now.budget <= plan.best.budget
    marks = ((plan.now.budget, "now", now_is_left), (plan.best.budget, "best", not now_is_left))
    for budget, word, leans_left in marks:
        axes.annotate(
            f"{word}: {budget:,.2f}",
            (budget, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4 if leans_left else -4, 4),
            textcoords="offset points",
            ha="right" if leans_left else "left",
        )
