"""A world composed once for its groups and set afterwards is the world that Hydra composes in full."""

from __future__ import annotations

import pytest

from cxsim.config.again import composed_again
from cxsim.config.compose import composed
from cxsim.config.loading import load, load_request
from cxsim.errors import CxsimError

WORDS = (
    [], ["seed=7"], ["n_customers=1e5", "horizon_days=90"], ["market=telecom", "channels.phone.share=0.5"],
    ["loyalty=points", "loyalty.earn_rate=0.02", "loyalty=tiers"], ["loyalty.earn_rate=0.02", "loyalty=points"],
    ["start_date=2026-03-01"], ["start_date='2026-03-01'"], ["output.store=null"], ["output.store=a b"],
    ["channels.web.wage_per_hour=3"], ["touchpoints=[reminder]", "seed=1"], ["+touchpoints.mine.reach=0.1"],
    ["segments={}"], ["scenario=live_chat", "scenario.start_day=3"], ["referral.bonus=5", "referral.bonus=6"],
    ["~loyalty.earn_rate"], ["parallel=processes", "parallel.workers=2"], ["engine=simpy"], ["seed=true"],
    ["survey=who_answers", "talk=warnings", "season=christmas", "market=subscription", "seed=0x1"])


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_setting_values_afterwards_gives_what_composing_gives(words: list[str]) -> None:
    try:
        expected = composed(words, "run")
    except CxsimError as error:
        with pytest.raises(CxsimError) as told:
            composed_again(words, "run")
        assert str(told.value) == str(error)
        return
    found = composed_again(words, "run")
    assert found.values == expected.values
    assert _kinds(found.values) == _kinds(expected.values)
    assert found.choices == expected.choices and found.overrides == expected.overrides


def _kinds(value: object) -> object:
    """The types in a tree of values: 1, 1.0 and True are equal to each other."""
    return {key: _kinds(inner) for key, inner in value.items()} if isinstance(value, dict) else type(value)


@pytest.mark.parametrize("words", [["markte=telecom"], ["n_customers=-1"], ["loyalty.earn_rte=1"],
                                   ["channels.fax.share=1"], ["market=nope"]], ids=" ".join)
def test_refusals_are_the_same(words: list[str]) -> None:
    told = []
    for ask in (load, lambda texts: load_request("run", texts)):
        with pytest.raises(CxsimError) as refused:
            ask(words)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_one_world_does_not_leak_into_the_next() -> None:
    before = load(["loyalty=points"]).loyalty.earn_rate
    assert load(["loyalty=points", "loyalty.earn_rate=0.011"]).loyalty.earn_rate != before
    assert load(["loyalty=points", "seed=3"]).loyalty.earn_rate == before
