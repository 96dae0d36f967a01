"""Both engines live the same lives in worlds drawn at random."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lived_worlds import live, plan
from random_worlds import overlays, worlds
from same_life import assert_same_life

QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def _engines_agree(data: st.DataObject) -> None:
    config = data.draw(worlds())
    parts = data.draw(overlays(config))
    blueprint = plan(config, parts)
    assert_same_life(live(blueprint), live(blueprint, 0, "simpy"))


@settings(max_examples=64, derandomize=True, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_engines_agree_in_any_world(data: st.DataObject) -> None:
    _engines_agree(data)


@pytest.mark.slow
@settings(max_examples=1500, derandomize=True, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_engines_agree_in_many_more_worlds(data: st.DataObject) -> None:
    _engines_agree(data)
