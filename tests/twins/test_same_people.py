"""Whatever the scenario, the same people come at the same moments; more only adds to them."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.journal.words import CHOICE_CHANNEL, NEED_NOTICED, ORGANIC, PAID, START
from lived_worlds import CUSTOMER_MARKETS, NEUTRAL, SCENARIOS, changed, live, plan, scenario, spec, world

TRAITS = ("id", "entry", "segment", "rate", "exit_hazard", "spend_scale")
KEYS = ("n_customers=500", "horizon_days=200", "market.entrants_per_day=4", "referral.invitations_per_journey=0.4")


def _people(outcome: Outcome, *sources: int) -> np.ndarray:
    """Identity, entry and hidden traits of everybody from some sources, in the order of identity."""
    c = outcome.customers[np.isin(outcome.customers["source"], sources)]
    c = c[np.argsort(c["id"])]
    return np.rec.fromarrays([c[name] for name in TRAITS], names=TRAITS)


# Scenarios that are there to bring other people by a route.
MOVED = {"more_media": PAID, "affiliates": PAID, "negative_word_of_mouth": ORGANIC, "reputation_building": ORGANIC}


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("market", CUSTOMER_MARKETS)
def test_entrants_are_the_same_in_every_scenario(market: str, name: str) -> None:
    config = world(f"market={market}", *KEYS)
    sources = [source for source in (START, ORGANIC, PAID) if source != MOVED.get(name)]
    alone, twin = (_people(live(plan(config, parts), 2), *sources) for parts in ([], scenario(name)))
    assert len(alone) > (500 if MOVED.get(name) == ORGANIC else 700)
    np.testing.assert_array_equal(alone, twin)


def test_friends_who_come_in_both_lives_are_the_same_people() -> None:
    config = world(*KEYS)
    alone, twin = (_people(live(plan(config, parts)), 3) for parts in ([], scenario("referral_bonus")))
    both = np.intersect1d(alone["id"], twin["id"])
    assert len(both) > 0.5 * len(alone) and len(twin) > len(alone)
    for name in ("segment", "rate", "exit_hazard", "spend_scale"):
        ours, theirs = (people[name][np.isin(people["id"], both)] for people in (alone, twin))
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("spend", [8.5, 16, 60])
def test_more_media_only_adds_people(spend: float) -> None:
    config = world(*KEYS, "n_customers=8000", "horizon_days=120", "market.entrants_per_day=12", "referral=none",
                   "segments.shoppers.purchase.r=0.02")
    few, many = (_people(live(plan(config, parts, log=False)), PAID)
                 for parts in ([], [spec("media", {"acquisition.media.spend_per_day": spend})]))
    here = many[np.isin(many["id"], few["id"])]
    np.testing.assert_array_equal(few, here)
    assert len(many) > len(few) > 100


def test_a_larger_cohort_begins_with_the_smaller_one() -> None:
    small = _people(live(plan(world(*KEYS, "acquisition=none"))), START)
    large = _people(live(plan(world(*KEYS, "acquisition=none", "n_customers=900"))), START)
    np.testing.assert_array_equal(small, large[np.isin(large["id"], small["id"])])


def _first_journeys(outcome: Outcome) -> dict[int, tuple[int, int]]:
    """Channel and moment of the first choice of each customer's first journey in the run."""
    log = outcome.events[np.lexsort((outcome.events["sequence"], outcome.events["customer"]))]
    at = np.flatnonzero((log["word"] == NEED_NOTICED) & (log["sequence"] == 0))
    at = at[log["word"][at + 1] == CHOICE_CHANNEL]
    return dict(zip(log["customer"][at].tolist(),
                    zip(log["channel"][at + 1].tolist(), log["tick"][at + 1].tolist(), strict=True), strict=True))


@pytest.mark.parametrize("choice", ["fixed_shares", "wait_and_effort"])
def test_adding_chat_moves_nobody_between_the_old_channels(choice: str) -> None:
    """Whoever does not choose chat keeps his channel (employees enough, so that nobody waits)."""
    config = world(*NEUTRAL, f"choice={choice}", "population=new", "n_customers=3000", "horizon_days=60",
                   "channels.phone.employees=900", "segments.shoppers.purchase.r=1")
    chat = spec("chat", {"channels.chat": {"share": 0.3, "employees": 900}})
    alone, twin = (_first_journeys(live(plan(config, parts))) for parts in ([], [chat]))
    number = list(config.channels).index("chat")
    assert alone.keys() == twin.keys() and len(alone) > 1500
    to_chat = [who for who in alone if twin[who][0] == number]
    assert 0.1 < len(to_chat) / len(alone) < 0.4
    moved = [who for who in alone if twin[who][0] != number and twin[who] != alone[who]]
    assert moved == []
    # Chat draws from the others in proportion to their shares.
    taken = np.bincount([alone[who][0] for who in to_chat], minlength=3)
    everybody = np.bincount([alone[who][0] for who in alone], minlength=3)
    assert np.abs(taken / everybody - len(to_chat) / len(alone)).max() < 0.08


def test_adding_a_segment_moves_nobody_between_the_old_ones() -> None:
    """Segments are chosen by name: whoever is not in the new one keeps his segment and his traits."""
    config = world("market=subscription", "n_customers=4000", "horizon_days=30")
    data = config.model_dump()
    data["segments"]["trial"] = data["segments"]["regular"] | {"share": 0.2}
    data["segments"]["high_end"]["share"] = data["segments"]["regular"]["share"] = 0.4
    alone, twin = _people(live(plan(config)), START), _people(live(plan(type(config).model_validate(data))), START)
    np.testing.assert_array_equal(alone["id"], twin["id"])
    stays = twin["segment"] != 2
    assert 0.17 < 1 - stays.mean() < 0.23
    np.testing.assert_array_equal(alone[stays], twin[stays])


def test_the_order_of_segments_and_channels_moves_nothing_but_numbers() -> None:
    config = world("market=subscription", "n_customers=500", "horizon_days=100")
    data = config.model_dump()
    data["segments"] = dict(reversed(data["segments"].items()))
    data["channels"] = dict(reversed(data["channels"].items()))
    alone, twin = live(plan(config)), live(plan(type(config).model_validate(data)))
    for name in ("tick", "customer", "sequence", "word", "quality", "amount"):
        np.testing.assert_array_equal(alone.events[name], twin.events[name])
    ours, theirs = (o.events["channel"][o.events["channel"] >= 0] for o in (alone, twin))
    np.testing.assert_array_equal(ours, len(config.channels) - 1 - theirs)


def test_another_decision_moves_no_draw() -> None:
    """Switching offers and surveys' noise on or off moves neither needs nor channels nor journeys' ends."""
    config = world("n_customers=500", "horizon_days=150", "satisfaction=none")
    plain = live(plan(changed(config, upsell__p_offer=0.0)))
    offered = live(plan(changed(config, upsell__p_offer=0.9, upsell__p_accept=0.5, survey__noise_sd=2.0)))
    aside = (9, 10, 11)  # offers: taken, refused, unseen
    log = offered.events[~np.isin(offered.events["word"], aside)]
    for name in ("tick", "customer", "need_tick", "wait_ticks", "journey", "word", "channel", "quality"):
        np.testing.assert_array_equal(plain.events[name], log[name])
    assert (offered.events["word"] == 9).sum() > 50
