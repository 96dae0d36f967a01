"""Two sets of paired replications compared: the difference, how sure it is, and in which direction."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr, stdtrit

from cxsim.measure.family import holm
from cxsim.measure.metrics import CATALOGUE, HEADLINES
from cxsim.measure.table import Table, codes, text_column

AXES = ("scenario", "segment", "period", "metric")
COLUMNS = (
    "scenario", "baseline", "segment", "period", "metric", "baseline_value", "scenario_value", "difference",
    "ci_low", "ci_high", "confidence", "replications", "p_better", "unit", "ci_low_all", "ci_high_all",
    "p_all",
)


def cube_of(table: Table, axes: dict[str, list], replications: list) -> np.ndarray:
    """Values of a KPI table as an array by `axes` and replication, NaN where there is no row."""
    shape = (*(len(values) for values in axes.values()), len(replications))
    cube = np.full(shape, np.nan)
    known = np.ones(len(table), dtype=bool)
    places = []
    for name, wanted in (*axes.items(), ("replication", replications)):
        words, numbers = codes(table[name])
        index = {word: i for i, word in enumerate(wanted)}
        places.append(np.array([index.get(word, -1) for word in words] or [-1])[numbers])
        known &= places[-1] >= 0
    spots = tuple(place[known] for place in places)
    flat = np.ravel_multi_index(spots, shape)
    if len(flat) and np.bincount(flat, minlength=cube.size).max() > 1:
        raise ValueError("a metric stands twice for one replication; give each scenario's rows once")
    cube.ravel()[flat] = table["value"][known]
    return cube


def _paired_cubes(baseline: Table, scenario: Table) -> tuple[dict[str, list], np.ndarray, np.ndarray]:
    """Baseline and scenario values on the same axes, NaN in both where either is not finite."""
    axes = {name: codes(scenario[name])[0] for name in AXES}
    replications = sorted(set(codes(baseline["replication"])[0]) & set(codes(scenario["replication"])[0]))
    before = cube_of(baseline, {name: axes[name] for name in AXES[1:]}, replications)
    after = cube_of(scenario, axes, replications)
    before = np.broadcast_to(before, after.shape)
    unpaired = ~(np.isfinite(before) & np.isfinite(after))
    return axes, np.where(unpaired, np.nan, before), np.where(unpaired, np.nan, after)


def _mean(values: np.ndarray, n: np.ndarray) -> np.ndarray:
    return np.divide(np.nansum(values, axis=-1), n, out=np.full(n.shape, np.nan), where=n > 0)


def mean_interval(
    values: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean over replications with its interval and standard error (Student's t, k - 1 degrees of freedom).

    Parameters
    ----------
    values : array, shape (..., replications)
        Values (or differences of pairs); NaN where there is none.
    confidence : float
        Probability the interval shall hold the truth with, between 0 and 1.

    Returns
    -------
    mean, low, high, error : arrays, shape (...,)
        One value gives a NaN interval; values that are all alike give that value itself.

    Examples
    --------
    >>> mean, low, high, _ = mean_interval(np.array([1.0, 2.0, 3.0]), 0.95)
    >>> float(mean), round(float(high - mean), 3)
    (2.0, 2.484)
    """
    n = np.isfinite(values).sum(axis=-1)
    mean = _mean(values, n)
    first = np.take_along_axis(
        values, np.argmax(np.isfinite(values), axis=-1)[..., None], axis=-1)
    is_constant = np.all(~np.isfinite(values) | (values == first), axis=-1) & (n > 0)
    mean = np.where(is_constant, first[..., 0], mean)
    spread = np.nansum((values - mean[..., None]) ** 2, axis=-1)
    error = np.sqrt(np.divide(spread, n * (n - 1.0), out=np.full(n.shape, np.nan), where=n > 1))
    error = np.where(is_constant & (n > 1), 0.0, error)
    quantile = stdtrit(np.maximum(n - 1, 1).astype(float), (1 + confidence) / 2)
    half = np.where(error == 0, 0.0, quantile * error)
    return mean, mean - half, mean + half, error


def p_better(mean: np.ndarray, error: np.ndarray, n: np.ndarray, better: np.ndarray) -> np.ndarray:
    """Probability that the scenario is better: P(t with k - 1 degrees of freedom <= mean / error).

    Differences of exactly 0 give .5, a metric without direction NaN, one pair NaN.

    Examples
    --------
    >>> one = np.ones(1)
    >>> round(float(p_better(2 * one, one, 3 * one, one)[0]), 3)
    0.908
    """
    signed = mean * better
    with np.errstate(divide="ignore", invalid="ignore"):
        result = stdtr(np.maximum(n - 1.0, 1.0), signed / error)
    result = np.where(error == 0, (np.sign(signed) + 1) / 2, result)
    result = np.where(np.isnan(error), np.nan, result)
    result = np.where((mean == 0) & ((error == 0) | (n == 1)), 0.5, result)
    return np.where(better == 0, np.nan, result)


def compare_kpis(baseline: Table, scenario: Table, confidence: float = 0.95) -> Table:
    """Scenarios against the baseline, paired by replication, by segment, period and metric.

    Values are means over the replications finite on both sides, which `replications` counts.
    `ci_low, ci_high` hold each row's own difference with the given confidence; `ci_low_all,
    ci_high_all` are Bonferroni intervals: all headline metrics (:data:`HEADLINES`) of all
    scenarios in this call, of one segment and period, hold together with that confidence. `p_all` is
    the two-sided p-value of the difference after Holm's correction for the same family; it finds
    whatever those intervals find, and more.

    Parameters
    ----------
    baseline : Table
        Rows of :func:`cxsim.measure.kpis.kpis` of the baseline (one scenario name).
    scenario : Table
        Rows of one or more scenarios, same replications.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Table
        Columns scenario, baseline, segment, period, metric, baseline_value, scenario_value,
        difference, ci_low, ci_high, confidence, replications, p_better, unit, ci_low_all, ci_high_all,
        p_all.

    Raises
    ------
    ValueError
        If the baseline holds several scenarios or a metric stands twice; pass each once.

    Examples
    --------
    >>> def rows(name, values):
    ...     return Table({"scenario": [name] * 2, "replication": [0, 1], "segment": ["all"] * 2,
    ...                   "period": ["total"] * 2, "metric": ["profit"] * 2, "value": values,
    ...                   "unit": ["money"] * 2})
    >>> compare_kpis(rows("baseline", [1.0, 2.0]), rows("more", [2.0, 3.0]))["difference"].tolist()
    [1.0]
    """
    names = codes(baseline["scenario"])[0]
    if len(names) != 1:
        raise ValueError(f"the baseline's rows must be of one scenario; they are of {names}")
    axes, before, after = _paired_cubes(baseline, scenario)
    differences = after - before
    n = np.isfinite(differences).sum(axis=-1)
    mean, low, high, error = mean_interval(differences, confidence)
    n_together = len(HEADLINES) * len(axes["scenario"])
    _, low_all, high_all, _ = mean_interval(differences, 1 - (1 - confidence) / n_together)
    better = np.array([CATALOGUE[m].better if m in CATALOGUE else 0 for m in axes["metric"]], dtype=float)
    values = {
        "baseline_value": _mean(before, n), "scenario_value": _mean(after, n), "difference": mean,
        "ci_low": low, "ci_high": high, "confidence": np.full(n.shape, float(confidence)), "replications": n,
        "p_better": p_better(mean, error, n, np.broadcast_to(better, n.shape)),
        "ci_low_all": low_all, "ci_high_all": high_all, "p_all": _p_all(mean, error, n, axes["metric"]),
    }
    rows = as_rows(scenario, axes, values)
    columns = {"scenario": rows["scenario"], "baseline": np.full(len(rows), names[0], dtype=object)}
    return Table({**columns, **{name: rows[name] for name in COLUMNS[2:]}})


def _p_all(mean: np.ndarray, error: np.ndarray, n: np.ndarray, metrics: list[str]) -> np.ndarray:
    """p-values by :data:`AXES`, corrected over the headline metrics of all scenarios in one segment and period.

    What never differs is no test. Any other metric is corrected as if each of the headlines stood beside it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2.0 * stdtr(np.maximum(n - 1.0, 1.0), -np.abs(mean / error))
    p = np.where(error == 0, np.where(mean == 0, np.nan, 0.0), p)
    is_headline = np.array([metric in HEADLINES for metric in metrics])
    corrected = np.minimum(1.0, p * len(HEADLINES) * p.shape[0])
    for segment in range(p.shape[1]):
        for period in range(p.shape[2]):
            family = p[:, segment, period, is_headline]
            corrected[:, segment, period, is_headline] = holm(family.ravel()).reshape(family.shape)
    return np.where((error == 0) & (mean == 0), 1.0, corrected)


def as_rows(table: Table, axes: dict[str, list], values: dict[str, np.ndarray]) -> Table:
    """Arrays by :data:`AXES` as rows, one for every combination that `table` holds; units come from it."""
    shape = tuple(len(names) for names in axes.values())
    spots = np.ravel_multi_index(tuple(codes(table[name])[1] for name in AXES), shape)
    first_row = np.full(np.prod(shape), len(spots), dtype=np.int64)
    first_row[spots[::-1]] = np.arange(len(spots) - 1, -1, -1)  # The first row of each spot is written last.
    flat = np.flatnonzero(first_row < len(spots))
    first = first_row[flat]
    places = np.unravel_index(flat, shape)
    columns = {name: text_column(words, place)
               for (name, words), place in zip(axes.items(), places, strict=True)}
    columns.update({name: array.ravel()[flat] for name, array in values.items()})
    return Table({**columns, "unit": table["unit"][first]})


def pairing_gain(baseline: Table, scenario: Table) -> Table:
    """What common draws are worth: how alike paired replications are, and the variance they save.

    Parameters
    ----------
    baseline, scenario : Table
        As in :func:`compare_kpis`; the headline metrics of the whole run are judged.

    Returns
    -------
    Table
        Columns scenario, metric, replications, correlation, variance_ratio. The ratio is the variance
        of a difference between independent runs over that between paired ones: 4 means four times
        as many independent replications for the same interval; below 1 (a saturated queue) pairing
        hurts, and longer runs help more than further pairs. Infinite when pairs never differ.

    Examples
    --------
    >>> def rows(name, values):
    ...     return Table({"scenario": [name] * 3, "replication": [0, 1, 2], "segment": ["all"] * 3,
    ...                   "period": ["total"] * 3, "metric": ["profit"] * 3, "value": values,
    ...                   "unit": ["money"] * 3})
    >>> gain = pairing_gain(rows("baseline", [1.0, 2.0, 3.0]), rows("more", [2.0, 4.0, 6.0]))
    >>> round(float(gain["correlation"][0]), 9), float(gain["variance_ratio"][0])
    (1.0, 5.0)
    """
    here = {"segment": "all", "period": "total", "metric": HEADLINES}
    axes, before, after = _paired_cubes(baseline.select(**here), scenario.select(**here))
    n = np.isfinite(before).sum(axis=-1)

    def spread(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        product = (left - _mean(left, n)[..., None]) * (right - _mean(right, n)[..., None])
        return np.divide(np.nansum(product, axis=-1), n - 1.0, out=np.full(n.shape, np.nan), where=n > 1)

    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = spread(before, after) / np.sqrt(spread(before, before) * spread(after, after))
        gain = (spread(before, before) + spread(after, after)) / spread(after - before, after - before)
    names = np.meshgrid(*(np.arange(len(axes[name])) for name in AXES), indexing="ij")
    return Table({
        "scenario": np.array(axes["scenario"], dtype=object)[names[0].ravel()],
        "metric": np.array(axes["metric"], dtype=object)[names[3].ravel()],
        "replications": n.ravel(), "correlation": correlation.ravel(), "variance_ratio": gain.ravel(),
    })
