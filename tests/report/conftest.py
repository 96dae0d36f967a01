"""Results of two small worlds, made by hand with fixed random numbers, to be shown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cxsim.config.loading import load
from cxsim.measure.blank import make_blank_outcome
from cxsim.measure.kpis import kpis
from cxsim.measure.table import Table
from cxsim.settings.schema import Config

N_REPLICATIONS = 6


def _make_kpis(config: Config, scenario: str, lift: float) -> Table:
    """KPIs of a few replications; `lift` scales every count, with noise where it is not 1."""
    rng, tables = np.random.default_rng(4), []
    for replication in range(N_REPLICATIONS):
        outcome = make_blank_outcome(("few", "many"), months=3, replication=replication)
        noise = 1.0 + (lift - 1.0) * rng.normal(1.0, 0.1, outcome.tally.shape)
        outcome.tally[:] = np.rint(rng.integers(500, 900, outcome.tally.shape) * noise)
        cells = outcome.ledger[:, :2, :4, 0, :, 1]
        cells[:] = np.rint(rng.integers(0, 90_000, cells.shape) * (1.0 + (lift - 1.0) * rng.normal(1, 0.1)))
        tables.append(kpis(outcome, config, scenario))
    return Table.concat(tables)


@pytest.fixture(scope="session")
def config() -> Config:
    """The world of the demo."""
    return load()


@pytest.fixture(scope="session")
def make_kpis() -> Callable[[Config, str, float], Table]:
    """A function of configuration, scenario name and lift that gives KPI rows."""
    return _make_kpis
