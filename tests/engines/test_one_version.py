"""Every compiled function is made once: all worlds look alike to the compiler."""

from __future__ import annotations

import pickle

import numba
import pytest

import cxsim
from cxsim.engines.blueprint import Blueprint, build_world, make_blueprint
from cxsim.settings.reference import Reference, blank_reference

WORLDS = (
    [], ["market=subscription", "population=new"], ["market=contact_centre"],
    ["market=telecom", "reputation=public"], ["acquisition=none", "referral=none", "horizon_days=31"],
    ["market.size=20000", "talk=warnings", "season=christmas", "reputation=public"])


def _types(blueprint: Blueprint) -> dict[str, str]:
    arrays = build_world(blueprint, 0)[1]
    return {name: str(numba.typeof(array)) for name, array in (arrays | {"plan": blueprint.plan}).items()}


def _blueprint(overrides: list[str], *, effects: bool = True) -> Blueprint:
    config = cxsim.load(overrides)
    reference = Reference.from_dict(blank_reference(config).to_dict())
    return make_blueprint([config], [], reference, effects=effects)


@pytest.mark.parametrize("overrides", WORLDS, ids=" ".join)
def test_every_world_has_the_types_of_the_demo(overrides: list[str]) -> None:
    expected = _types(_blueprint([]))
    for effects in (True, False):
        blueprint = _blueprint(overrides, effects=effects)
        assert _types(blueprint) == expected
        assert _types(pickle.loads(pickle.dumps(blueprint))) == expected
