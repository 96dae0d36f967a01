"""One replication as metrics: scenario, replication, segment, period, metric, value, unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.measure.customer_metrics import customer_metrics
from cxsim.measure.employee_metrics import employee_metrics
from cxsim.measure.experience_metrics import experience_metrics
from cxsim.measure.journey_metrics import journey_metrics
from cxsim.measure.loyalty_metrics import loyalty_metrics
from cxsim.measure.leaving_metrics import leaving_metrics
from cxsim.measure.metric import Metric
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.money_metrics import money_metrics
from cxsim.measure.order_metrics import order_metrics
from cxsim.measure.prospect_metrics import prospect_metrics
from cxsim.measure.rival_metrics import rival_metrics
from cxsim.measure.sums import make_sums
from cxsim.measure.table import Table, text_column
from cxsim.measure.talk_metrics import reproduction, talk_metrics
from cxsim.measure.value_metrics import value_metrics
from cxsim.measure.voice_metrics import voice_metrics

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def _values(outcome: Outcome, config: Config) -> np.ndarray:
    """Every metric of the catalogue, shape (segments + 1, months + 1, metrics)."""
    sums = make_sums(outcome)
    found = {
        **customer_metrics(outcome, sums), **order_metrics(sums), **experience_metrics(sums),
        **prospect_metrics(sums), **voice_metrics(sums), **journey_metrics(sums),
        **employee_metrics(sums), **money_metrics(outcome, sums),
        **loyalty_metrics(outcome, config, sums), **rival_metrics(outcome, config, sums),
        **talk_metrics(outcome, config, sums),
        **leaving_metrics(config, sums),
    }
    cube = np.full((*sums.counts.shape[:2], len(CATALOGUE)), np.nan)
    at_end = {**value_metrics(outcome, config, sums), **reproduction(outcome)}
    for i, name in enumerate(CATALOGUE):
        if name in at_end:
            cube[:, -1, i] = at_end[name]
        else:
            cube[:, :, i] = found[name]
    return cube


def _units(metrics: Sequence[Metric], number: np.ndarray) -> np.ndarray:
    """The unit of each row's metric."""
    units = list(dict.fromkeys(metric.unit for metric in metrics))
    return text_column(units, np.array([units.index(metric.unit) for metric in metrics])[number])


def kpis(outcome: Outcome, config: Config, scenario: str) -> Table:
    """Every metric of one replication, by segment and period.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    config : Config
        The resolved configuration of that scenario (discount rate and points programme are read).
    scenario : str
        Name for the column `scenario`.

    Returns
    -------
    Table
        Columns scenario, replication, segment ('all' first, then the names), period ('total', then
        '1', '2', … as text), metric, value (NaN where undefined), unit. Metrics that exist for the
        whole run only have no monthly rows.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> rows = kpis(make_blank_outcome(), load(), "baseline")
    >>> rows.select(metric="profit", segment="all")["period"].tolist()
    ['total', '1', '2']
    """
    cube = _values(outcome, config)
    order = [len(outcome.segments), *range(len(outcome.segments))]
    periods = [cube.shape[1] - 1, *range(cube.shape[1] - 1)]
    cube = cube[order][:, periods]
    names, metrics = ["all", *outcome.segments], list(CATALOGUE.values())
    exists = np.ones(cube.shape, dtype=bool)
    exists[:, 1:, [i for i, metric in enumerate(metrics) if metric.total_only]] = False
    segment, period, metric = np.nonzero(exists)
    texts = {
        "segment": text_column(names, segment),
        "period": text_column(["total", *map(str, range(1, cube.shape[1]))], period),
        "metric": text_column([m.name for m in metrics], metric),
    }
    return Table({
        "scenario": text_column([scenario], np.zeros(len(segment), dtype=np.int32)),
        "replication": np.full(len(segment), outcome.replication, dtype=np.int64),
        **texts,
        "value": cube[exists],
        "unit": _units(metrics, metric),
    })
