"""Nothing happens at or beyond the horizon, in either engine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim.journal.ticks import DAY
from cxsim.journal.words import EXIT_CANCELLED, ORDER_PAID
from lived_worlds import changed, live, plan, world
from random_worlds import overlays, worlds


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
@pytest.mark.parametrize("horizon_days", [1, 30, 31, 90])
@pytest.mark.parametrize("market", ["online_retail", "subscription"])
def test_no_event_at_or_beyond_the_horizon(market: str, horizon_days: int, engine: str) -> None:
    config = changed(world(f"market={market}", "loyalty=points", "population=new"), n_customers=300,
                     horizon_days=horizon_days, market__renewal_days=30)
    log = live(plan(config), 0, engine).events
    assert log["tick"].min() >= 0
    assert log["tick"].max() < horizon_days * DAY


def test_a_renewal_due_at_the_horizon_does_not_happen() -> None:
    config = changed(world("market=subscription", "population=new", "acquisition=none", "referral=none"),
                     n_customers=50, horizon_days=60, market__renewal_days=30)
    for engine in ("compiled", "simpy"):
        log = live(plan(config), 0, engine).events
        # One renewal, at day 30; the second would fall on day 60.
        renewals = log[np.isin(log["word"], (ORDER_PAID, EXIT_CANCELLED))]
        assert (renewals["tick"] == 30 * DAY).all() and len(renewals) == 50


@settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_longer_horizon_only_adds_events(data: st.DataObject) -> None:
    """What happened before day H does not depend on how long the run goes on."""
    config = data.draw(worlds())
    parts = data.draw(overlays(config))
    # Anything stated relative to the horizon is stated absolutely, so that only the horizon differs.
    if config.market.kind == "transactional" and config.horizon_days > 1:
        config = changed(config, market__active_window_days=config.active_window_days)
    longer = changed(config, horizon_days=config.horizon_days + data.draw(st.integers(1, 30)))
    short, long = live(plan(config, parts)).events, live(plan(longer, parts)).events
    end = (config.warmup_days + config.horizon_days) * DAY  # The log begins with the warm-up.
    assert short.tobytes() == long[long["tick"] < end].tobytes()
