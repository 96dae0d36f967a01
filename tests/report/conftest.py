"""Results of two small worlds, made by hand with fixed random numbers, to be shown."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from cxsim.behaviour.state import BY_HANDOFF, BY_WAIT, F_EPISODES, F_SATISFIED, JOURNEYS, MOMENTS
from cxsim.config.loading import load
from cxsim.journal.tallies import COUNTERS, FRACTION
from cxsim.journal.words import C_CONTACT_FEE, C_ORDER, ORGANIC
from cxsim.measure.blank import make_blank_outcome
from cxsim.measure.kpis import kpis
from cxsim.measure.ledger import ledger_table
from cxsim.measure.table import Table
from cxsim.measure.touchpoints import touchpoints_table
from cxsim.report.page_journeys import JourneyReading, read_journeys
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


def _make_places(config: Config, scenario: str, pain: float) -> tuple[Table, Table]:
    """Places and ledger of a few replications: `pain` s.d. lost to waiting on the phone in 100 journeys."""
    places, ledgers = [], []
    for replication in range(N_REPLICATIONS):
        outcome = make_blank_outcome(tuple(config.segments), ("web", "phone"), replication=replication)
        outcome.tally[0, 0, COUNTERS.index("judged")] = 100
        outcome.felt[0, :3, F_EPISODES] = 100
        outcome.felt[0, :3, F_SATISFIED] = 90, 40, 80
        outcome.pains[0, 1, BY_WAIT, 0] = round(pain * FRACTION)
        outcome.pains[0, 0, BY_HANDOFF, 0] = 3 * FRACTION
        outcome.ledger[0, 0, ORGANIC, 1, C_CONTACT_FEE] = (100, 20_0000)
        outcome.ledger[0, 0, ORGANIC, 0, C_ORDER] = (9, 700_0000)
        places.append(touchpoints_table(outcome, scenario, config))
        ledgers.append(ledger_table(outcome, scenario, config))
    return Table.concat(places), Table.concat(ledgers)


@pytest.fixture(scope="session")
def make_reading() -> Callable[..., JourneyReading]:
    """A function of configuration and KPI rows that gives what the places of two worlds tell."""

    def make(config: Config, kpis: Table, **pains: float) -> JourneyReading:
        made = [_make_places(config, scenario, pain) for scenario, pain in pains.items()]
        anchor = np.ones((len(config.segments), len(JOURNEYS), len(MOMENTS), 2))
        found = read_journeys(
            Table.concat([one for one, _ in made]), Table.concat([one for _, one in made]), kpis,
            dict.fromkeys(pains, config), SimpleNamespace(anchor=anchor))
        assert found is not None
        return found

    return make
