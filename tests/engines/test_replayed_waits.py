"""Waits replayed from a profile: the same in both engines, as long as the profile says, moved by nobody."""

from __future__ import annotations

import math

import numpy as np
import pytest
from same_life import assert_same_life

import cxsim
from cxsim.engines.blueprint import Blueprint, with_replayed_waits
from cxsim.engines.replication import run_replication
from cxsim.journal.tallies import N_ABANDONED, N_CONTACTS, WAIT_TICKS
from cxsim.journal.ticks import MINUTE
from cxsim.settings.reference import blank_reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import make_lives

MINUTES = 4.0


def _blueprint(config: Config, *parts: ScenarioSpec) -> Blueprint:
    made = make_lives("side", config, parts, blank_reference(config)).blueprint
    return with_replayed_waits(made, np.full((len(made.channels), 24), MINUTES))


@pytest.mark.parametrize("words", [
    ["n_customers=150", "horizon_days=60", "output.events=all"],
    ["market=contact_centre", "horizon_days=1", "output.events=all"],
    ["market=subscription", "n_customers=150", "horizon_days=60", "output.events=all"],
])
def test_engines_agree_where_waits_are_replayed(words: list[str]) -> None:
    config = cxsim.load(words)
    blueprint = _blueprint(config)
    one, other = (run_replication(blueprint, 0, engine) for engine in ("simpy", "compiled"))
    assert one.tally[..., N_CONTACTS].sum() > 0
    assert_same_life(one, other)


def test_waits_have_the_mean_of_the_profile_whoever_else_calls() -> None:
    """Exponential waits of 4 minutes, nobody impatient; one employee where fifty would be needed."""
    config = cxsim.load(["market=contact_centre", "horizon_days=2"])
    alone = {"channels.phone": {"employees": 1, "patience_minutes": 1e9}}
    endless = ScenarioSpec(name="endless", changes=alone)
    outcome = run_replication(_blueprint(config, endless), 0, "compiled")
    n = int(outcome.tally[..., N_CONTACTS].sum())
    mean = outcome.tally[..., WAIT_TICKS].sum() / n / MINUTE
    assert abs(mean - MINUTES) < 4 * MINUTES / math.sqrt(n) and n > 1000


def test_who_is_impatient_leaves_as_often_as_patience_is_the_shorter() -> None:
    """Two exponentials: patience of 6 minutes against a wait of 4 ends first with probability 4 / 10."""
    config = cxsim.load(["market=contact_centre", "horizon_days=2"])
    hasty = ScenarioSpec(name="hasty", changes={"channels.phone.patience_minutes": 6.0})
    outcome = run_replication(_blueprint(config, hasty), 0, "compiled")
    n = int(outcome.tally[..., N_CONTACTS].sum())
    share = outcome.tally[..., N_ABANDONED].sum() / n
    assert abs(share - 0.4) < 4 * math.sqrt(0.4 * 0.6 / n)


def test_more_staff_changes_no_wait() -> None:
    config = cxsim.load(["market=contact_centre", "horizon_days=1"])
    more = ScenarioSpec(name="more", changes={"channels.phone.employees": 60})
    one, other = (run_replication(_blueprint(config, *parts), 0, "compiled") for parts in ((), (more,)))
    for counter in (N_CONTACTS, WAIT_TICKS, N_ABANDONED):
        np.testing.assert_array_equal(one.tally[..., counter], other.tally[..., counter])
    np.testing.assert_array_equal(one.wait_sums, other.wait_sums)
