"""Luck: Philox as published, uniforms that never touch 0 or 1, one draw for each decision."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import cxsim
from cxsim.behaviour.choice import D_CHOICE, D_HOUR
from cxsim.behaviour.draws import (
    block, child_id, decision, exponential, gumbel, key, philox, poisson, root_id, two_uniforms, uniform, unit)

PACKAGE = Path(cxsim.__file__).parent

# Salmon, Moraes, Dror & Shaw (2011): known-answer vectors of Philox4x32 with ten rounds
# (counter words, key words, answer words).
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]


def _words(low: int, high: int) -> tuple[int, ...]:
    return tuple(int(word) >> shift & 0xFFFFFFFF for word in (low, high) for shift in (0, 32))


@pytest.mark.parametrize(("counter", "keys", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter: tuple, keys: tuple, answer: tuple) -> None:
    packed = np.uint64(keys[0] | keys[1] << 32)
    assert _words(*philox(packed, *(np.uint64(word) for word in counter))) == answer


def test_block_counts_with_customer_occurrence_and_decision() -> None:
    who, occurrence, name = 0x0123456789ABCDEF, 7, 0xFEDCBA98
    by_hand = philox(np.uint64(42), np.uint64(0x89ABCDEF), np.uint64(0x01234567), np.uint64(7), np.uint64(name))
    assert block(np.uint64(42), np.int64(who), np.int64(occurrence), np.int64(name)) == by_hand


def test_uniform_stays_strictly_inside_at_both_ends() -> None:
    lowest, highest = unit(np.uint64(0)), unit(np.uint64(2**64 - 1))
    assert lowest == 2.0**-53
    assert highest == 1.0 - 2.0**-53 and highest < 1.0
    for u in (lowest, highest):
        assert np.isfinite(exponential(u)) and np.isfinite(gumbel(u))
        assert exponential(u) > 0.0


def test_uniform_is_the_low_half_of_its_block() -> None:
    arguments = (np.uint64(9), np.int64(5), np.int64(3), np.int64(decision("exit")))
    first, second = two_uniforms(*arguments)
    low, high = block(*arguments)
    assert uniform(*arguments) == first == unit(np.uint64(low))
    assert second == unit(np.uint64(high)) != first


@pytest.mark.parametrize("varied", ["key", "identity", "occurrence", "decision"])
def test_uniforms_are_uniform_and_unrelated_along_every_coordinate(varied: str) -> None:
    n = 20_000
    at = {"key": 11, "identity": 12, "occurrence": 13, "decision": 14}
    values = np.array([
        two_uniforms(np.uint64(place["key"]), np.int64(place["identity"]), np.int64(place["occurrence"]),
                     np.int64(place["decision"]))
        for place in ({**at, varied: k} for k in range(n))])
    assert stats.kstest(values[:, 0], "uniform").pvalue > 1e-3
    assert stats.kstest(values[:, 1], "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(values[:-1, 0], values[1:, 0])[0, 1]) < 4 / np.sqrt(n)
    assert abs(np.corrcoef(values[:, 0], values[:, 1])[0, 1]) < 4 / np.sqrt(n)


def test_keys_differ_by_seed_replication_and_domain() -> None:
    keys = {key(seed, replication, domain)
            for seed in range(20) for replication in range(20) for domain in ("life", "child", "reference/life")}
    assert len(keys) == 20 * 20 * 3
    # Not a sum: the next seed's first replication is not this seed's second.
    assert key(1, 1, "life") != key(2, 0, "life") != key(11, 0, "life") != key(1, 10, "life")


def test_identities_fit_into_63_bits_and_name_parent_journey_and_invitation() -> None:
    children = {int(child_id(np.uint64(1), np.int64(parent), np.int64(journey), np.int64(k)))
                for parent in range(30) for journey in range(30) for k in range(5)}
    assert len(children) == 30 * 30 * 5
    assert all(0 <= child < 2**63 for child in children)
    roots = {root_id(source, layer, n) for source in ("organic", "paid") for layer in range(5) for n in range(50)}
    assert len(roots) == 2 * 5 * 50
    assert all(0 <= root < 2**63 for root in roots)


def _decision_names() -> list[str]:
    """Every name that the package hashes into a decision, as it stands in the sources."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = re.sub(r"^ *(>>>|\.\.\.).*$", "", path.read_text(), flags=re.MULTILINE)
        names += re.findall(r'decision\("([^"]+)"\)', text)
    return names


def test_decisions_have_names_of_their_own_and_never_collide() -> None:
    names = _decision_names()
    assert len(names) >= 25, "the sources are no longer searched as they are written"
    assert len(set(names)) == len(names)
    numbers = {name: decision(name) for name in names}
    worlds = [cxsim.load([f"market={market}"]) for market in ("online_retail", "subscription", "contact_centre")]
    for channel in {name for config in worlds for name in config.channels}:
        salt = decision(f"channel/{channel}")
        numbers[f"choice of {channel}"] = D_CHOICE ^ salt
        numbers[f"hour of {channel}"] = D_HOUR ^ salt
    for segment in {name for config in worlds for name in config.segments}:
        numbers[f"segment/{segment}"] = decision(f"segment/{segment}")
    for part in ("points_program", "live_chat", "referral_bonus", "more_staff", "more_media"):
        numbers[f"scenario/{part}"] = decision(f"scenario/{part}")
    assert len(set(numbers.values())) == len(numbers)
    assert all(0 <= number < 2**32 for number in numbers.values())


@pytest.mark.parametrize("mean", [0.0, 0.05, 0.7, 3.0, 12.0])
def test_poisson_inverts_its_distribution(mean: float) -> None:
    for u in np.linspace(0.0005, 0.9995, 400):
        assert poisson(u, mean) == stats.poisson.ppf(u, mean)


def test_poisson_never_has_fewer_events_with_more_mean_or_more_luck() -> None:
    uniforms = [2.0**-53, *np.linspace(0.001, 0.999, 200), 1 - 1e-9, 1 - 1e-12]
    table = np.array([[poisson(u, mean) for mean in np.linspace(0.0, 6.0, 121)] for u in uniforms])
    assert (np.diff(table, axis=1) >= 0).all()
    assert (np.diff(table, axis=0) >= 0).all()
