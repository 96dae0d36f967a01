"""How sure, where assumptions are not known: every side lived in many draws of them (``depth.draws=200``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.measure.draws import expected_regret, p_best, variance_parts
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table
from cxsim.settings.schema import Config
from cxsim.whatif.cell import Progress
from cxsim.whatif.drawn import Drawn, DrawLives, draw_shares, values_at
from cxsim.whatif.uncertain import BASELINE, Uncertain, find_uncertain

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

CUSTOMER_METRICS = ("customer_equity", "profit", "retention_rate", "customers_end", "revenue")
CENTRE_METRICS = ("profit", "wait_minutes", "abandon_rate")
FANS = ("profit", "customers_end")
SUMMED = ("profit", "revenue")


def money_metric(config: Config) -> str:
    """What options are weighed by: what they leave behind in money, or in a contact centre their profit.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> money_metric(load())
    'customer_equity'
    """
    return "profit" if config.market.kind == "contact_centre" else "customer_equity"


def metrics_of(config: Config) -> tuple[str, ...]:
    """What is measured in every draw."""
    return CENTRE_METRICS if config.market.kind == "contact_centre" else CUSTOMER_METRICS


def uncertainty(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """The step of a comparison: draws, what they say of each scenario, and fans by month.

    Parameters
    ----------
    comparison : Comparison
        Its `depth.draws` says how many; without it nothing is done.
    progress : callable
        Called with (name, done, total).

    Returns
    -------
    dict of str to Table
        `draws`: one row for each draw, scenario and metric, with the assumptions of the draw.
        `uncertainty`: one row for each scenario and metric. `fan`: quantiles of the difference by month.
    """
    depth, config = comparison.depth, comparison.config
    if depth.draws is None:
        return {}
    sides = {BASELINE: comparison.baseline, **dict(zip(comparison.names, comparison.scenarios, strict=True))}
    uncertain = find_uncertain(config, sides, depth.parameters, depth.only)
    lives = DrawLives(uncertain, comparison.reference, depth.draw_replications, metrics_of(config),
                      depth.reference_customers, progress)
    shares = draw_shares(depth.draws, len(uncertain.parameters), depth.sampling, config.seed)
    drawn = lives.live(values_at(uncertain, shares), months=True)
    return {"draws": draws_table(uncertain, drawn), "uncertainty": summary(drawn, config),
            "fan": fan(drawn, config.confidence), "assumptions_drawn": parameters_table(uncertain)}


def draws_table(uncertain: Uncertain, drawn: Drawn) -> Table:
    """One row for each draw, scenario and metric: means over replications, and every assumption's value.

    Columns: draw, scenario, metric, baseline_value, scenario_value, difference, standard_error (of the paired
    difference, from luck within the draw), status, then one column for each assumption.
    """
    columns: dict[str, list[Any]] = {name: [] for name in (
        "draw", "scenario", "metric", "baseline_value", "scenario_value", "difference", "standard_error",
        "status")}
    n_lives = drawn.found.shape[2]
    pairs = drawn.found - drawn.found[:, :1]
    means = drawn.found.mean(axis=2)
    for draw in range(len(drawn.values)):
        for side, name in list(enumerate(drawn.sides))[1:]:
            for place, metric in enumerate(drawn.metrics):
                pair = pairs[draw, side, :, place]
                row = (draw, name, metric, means[draw, 0, place], means[draw, side, place], pair.mean(),
                       pair.std(ddof=1) / np.sqrt(n_lives) if n_lives > 1 else np.nan,
                       "failed" if draw in drawn.failures else "done")
                for column, value in zip(columns.values(), row, strict=True):
                    column.append(value)
    n_rows = len(drawn.values) and len(columns["draw"]) // len(drawn.values)
    values = {one.name: np.repeat(drawn.values[:, k], n_rows) for k, one in enumerate(uncertain.parameters)}
    return Table({**columns, **values})


def parameters_table(uncertain: Uncertain) -> Table:
    """The assumptions that were drawn: parameter, value, low, high, evidence, source, acts_on."""
    rows = uncertain.parameters
    return Table({
        "parameter": [one.name for one in rows], "value": [one.value for one in rows],
        "low": [one.low for one in rows], "high": [one.high for one in rows],
        "evidence": [one.evidence for one in rows], "source": [one.source for one in rows],
        "acts_on": [", ".join(one.sides) or "world" for one in rows]})


def summary(drawn: Drawn, config: Config) -> Table:
    """What the draws say of each side and metric.

    Columns: scenario, metric, mean, low, high (quantiles of one life in one draw: ignorance and luck together),
    low_known, high_known (quantiles of the means of draws: ignorance alone), sd_parameters, sd_chance,
    share_parameters, p_better, p_best, expected_regret, draws, unit. All are of the paired difference from the
    baseline; of the baseline itself only p_best and expected_regret say anything. Those two are of the metric in
    money by which options are weighed, and NaN for the others.
    """
    ends = _ends(config.confidence)
    weighed = money_metric(config)
    net = drawn.gains(weighed).mean(axis=2)
    whole = np.isfinite(net).all(axis=1)
    best, regret = p_best(net), expected_regret(net)
    rows = []
    for side, name in enumerate(drawn.sides):
        for place, metric in enumerate(drawn.metrics):
            if side == 0 and metric != weighed:
                continue
            gains = (drawn.found[whole, side, :, place] - drawn.found[whole, 0, :, place])
            gains = gains[np.isfinite(gains).all(axis=1)]
            parts = variance_parts(gains)
            better = CATALOGUE[metric].better
            rows.append({
                "scenario": name, "metric": metric, "mean": parts.mean, **_quantiles(gains.ravel(), ends, ""),
                **_quantiles(gains.mean(axis=1), ends, "_known"),
                "sd_parameters": parts.parameters**0.5, "sd_chance": parts.chance**0.5,
                "share_parameters": parts.share_of_parameters,
                "p_better": float((better * gains > 0).mean()) if better and side else np.nan,
                "p_best": best[side] if metric == weighed else np.nan,
                "expected_regret": regret[side] if metric == weighed else np.nan,
                "draws": int(whole.sum()), "unit": CATALOGUE[metric].unit})
    return Table({name: [row[name] for row in rows] for name in rows[0]})


def fan(drawn: Drawn, confidence: float) -> Table:
    """Quantiles of the difference by month over all lives of all draws.

    Columns: scenario, metric, month, middle, inner_low, inner_high (half of all lives), low, high (a share
    `confidence` of them), known_low, known_high (that share of the means of draws). Money is added up from
    month 1.
    """
    low, high = _ends(confidence)
    rows = []
    for metric in (one for one in FANS if one in drawn.metrics):
        values = drawn.by_month[..., drawn.metrics.index(metric), :]
        values = values[np.isfinite(drawn.found[:, 0, 0, 0])]
        if metric in SUMMED:
            values = values.cumsum(axis=-1)
        for side, name in list(enumerate(drawn.sides))[1:]:
            gains = values[:, side] - values[:, 0]
            every = np.quantile(gains.reshape(-1, gains.shape[-1]), [0.5, 0.25, 0.75, low, high], axis=0)
            known = np.quantile(gains.mean(axis=1), [low, high], axis=0)
            for month, row in enumerate(np.concatenate([every, known]).T.tolist()):
                rows.append((name, metric, month + 1, *row))
    names = ("scenario", "metric", "month", "middle", "inner_low", "inner_high", "low", "high", "known_low",
             "known_high")
    return Table({name: [row[k] for row in rows] for k, name in enumerate(names)})


def _ends(confidence: float) -> tuple[float, float]:
    return (1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0


def _quantiles(values: np.ndarray, ends: Sequence[float], suffix: str) -> dict[str, float]:
    low, high = np.quantile(values, ends) if len(values) else (np.nan, np.nan)
    return {f"low{suffix}": float(low), f"high{suffix}": float(high)}
