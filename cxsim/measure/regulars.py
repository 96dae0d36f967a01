"""Customers who were active on day 0, as a real test would meet them: what they do, and how much they differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxsim.journal.tallies import MONEY
from cxsim.measure.metric import Metric
from cxsim.measure.sums import ratio

OUTCOMES = {"stays": "share", "orders": "orders per customer", "margin": "money per customer"}
_WORDS = {"stays": "active at the end", "orders": "orders in the run", "margin": "margin in the run, undiscounted"}


def _metrics() -> tuple[Metric, ...]:
    found = [Metric("regulars", "customers", 0, "Customers of both lives who were active on day 0.",
                    "paired customers active on day 0")]
    for name, unit in OUTCOMES.items():
        words = f"Of customers active on day 0: {_WORDS[name]}"
        found += [
            Metric(f"regulars_{name}", unit, 0, f"{words}, mean in the baseline.", "mean over regulars"),
            Metric(f"regulars_{name}_gain", unit, 1, f"{words}, what the scenario adds to the mean.",
                   "mean of scenario - baseline over regulars"),
            Metric(f"regulars_{name}_deviation", unit, 0,
                   f"{words}, standard deviation between customers in the baseline.",
                   "standard deviation over regulars, baseline"),
            Metric(f"regulars_{name}_deviation_after", unit, 0,
                   f"{words}, standard deviation between customers in the scenario.",
                   "standard deviation over regulars, scenario")]
    return tuple(found)


METRICS = _metrics()


def regular_figures(
    before: np.ndarray, after: np.ndarray, summed: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> dict[str, np.ndarray]:
    """Every figure of :data:`METRICS`, for all customers and by segment.

    Parameters
    ----------
    before, after : structured arrays of :data:`cxsim.measure.twins.BRIEF`
        The same customers in both lives, in the same order.
    summed : callable
        Sums amounts by the customers' segment: (segments, amounts) to array, all first.
    """
    before, after = before[before["was_there"]], after[before["was_there"]]
    segment = before["segment"]
    n = summed(segment, np.ones(len(before)))
    found = {"regulars": n}
    for name in OUTCOMES:
        one, other = _outcome(before, name), _outcome(after, name)
        mean, mean_after = ratio(summed(segment, one), n), ratio(summed(segment, other), n)
        found[f"regulars_{name}"] = mean
        found[f"regulars_{name}_gain"] = mean_after - mean
        found[f"regulars_{name}_deviation"] = _deviation(summed(segment, one**2), mean, n)
        found[f"regulars_{name}_deviation_after"] = _deviation(summed(segment, other**2), mean_after, n)
    return found


def _outcome(lives: np.ndarray, name: str) -> np.ndarray:
    if name == "margin":
        return lives["margin"] / MONEY
    return lives["active" if name == "stays" else "orders"].astype(float)


def _deviation(squares: np.ndarray, mean: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Standard deviation between people, from their sum of squares and mean, whatever is rounded."""
    return np.sqrt(np.maximum(ratio(squares, n) - mean**2, 0.0))
