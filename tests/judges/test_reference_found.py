"""The reference experience: the baseline with all effects on reproduces its neutral twin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import cxsim
from cxsim.behaviour.state import L_EXIT, L_RATE, L_SPEND, L_UPSELL, LINKS, M_QUALITY, M_SATISFACTION
from cxsim.engines.anchoring import find_reference
from cxsim.engines.outcome import Outcome
from cxsim.engines.reference_store import reference_digest
from cxsim.engines.replication import run_compiled
from cxsim.errors import CxsimError
from cxsim.journal.tallies import IS_REVENUE
from cxsim.settings.reference import Reference, blank_reference
from cxsim.settings.schema import Config
from cxsim.settings.values import Effect
from lived_worlds import changed, counted, live, live_many, plan, scenario, total, twin_plan, world

REPLICATIONS = 24
REDUCED = {"online_retail": ("n_customers=2500", "horizon_days=365", "reference.customers=30000"),
           "subscription": ("market=subscription", "n_customers=2500", "horizon_days=365",
                            "reference.customers=30000", "satisfaction.total_effect=0.6",
                            "segments.high_end.support_needs_per_year=12",
                            "segments.regular.support_needs_per_year=12")}


def _figures(outcome: Outcome) -> np.ndarray:
    """Orders, customers at the end, revenue per order (refunds off)."""
    revenue = outcome.ledger.sum(axis=(0, 1, 2, 3))[IS_REVENUE, 1].sum()
    orders = total(outcome, "purchases")
    return np.array([orders, counted(outcome, "end")[:, -1].sum(), revenue / orders])


def _on_and_off(config: Config, reference: Reference) -> tuple[np.ndarray, np.ndarray]:
    """Figures by replication with effects and in the neutral twin."""
    on = live_many(plan(config, (), reference, log=False), REPLICATIONS, _figures)
    off = live_many(replace(twin_plan(config, reference), log_share=0.0), REPLICATIONS, _figures)
    return np.array(on), np.array(off)


def _gap(on: np.ndarray, off: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Relative gap of each figure, and its standard error between paired replications."""
    error = (on - off).std(axis=0, ddof=1) / np.sqrt(len(on)) / off.mean(axis=0)
    return (on - off).mean(axis=0) / off.mean(axis=0), error


@pytest.fixture(scope="module", params=REDUCED)
def found(request: pytest.FixtureRequest):
    """A baseline with its reference."""
    config = world(*REDUCED[request.param])
    return config, find_reference(config)


def test_the_reference_passes_its_own_check(found) -> None:
    config, reference = found
    assert {row["metric"] for row in reference.check} == {
        "orders", "active customers", "spend per order", "upsell accepted", "referrals converted"}
    for row in reference.check:
        assert row["passed"]
        assert abs(row["gap"]) <= config.reference.tolerance or abs(row["gap"]) <= 3 * row["standard_error"]
    assert 1 < reference.passes <= config.reference.max_passes
    assert np.isfinite(reference.kappa).all()


def test_only_links_that_something_moves_have_intercepts(found) -> None:
    config, reference = found
    is_shop = config.market.kind == "transactional"
    moved = {L_RATE: is_shop, L_EXIT: True, L_SPEND: is_shop, L_UPSELL: True}  # offers wear out as shipped
    for link in range(len(reference.is_moved)):
        assert bool(reference.is_moved[link]) == moved.get(link, False)
        assert np.any(reference.kappa[link]) == bool(reference.is_moved[link])


def test_the_baseline_reproduces_its_neutral_twin_with_luck_of_its_own(found) -> None:
    """Orders, customers and revenue per order under seeds that the pilots never saw."""
    config, reference = found

    gap, error = _gap(*_on_and_off(config, reference))
    assert (error < 0.006).all(), "too noisy to judge"
    # The pilots have luck of about the same size as the judge.
    assert (np.abs(gap) < np.maximum(config.reference.tolerance, 3 * np.sqrt(2) * error)).all(), (gap, error)


def test_without_the_reference_the_baseline_would_not_reproduce_itself(found) -> None:
    """The judge above has power: without the intercepts the same figures are out."""
    config, reference = found
    raw = replace(reference, kappa=np.zeros_like(reference.kappa))
    gap, error = _gap(*_on_and_off(config, raw))
    assert (np.abs(gap) > np.maximum(config.reference.tolerance, 4 * error)).any(), (gap, error)


def test_anchors_are_the_baseline_s_own_means(found) -> None:
    config, reference = found
    blueprint = plan(config, (), reference, log=False)
    moments = np.sum([run_compiled(blueprint, k, measuring=True).moments for k in range(12)], axis=0)
    # Quality by kind of journey, satisfaction over all kinds together; rare kinds are mostly luck.
    for kind, which in ((k, w) for w in (M_QUALITY, M_SATISFACTION) for k in range(moments.shape[1])):
        for segment, (n, total_, squares) in enumerate(moments[:, kind, which]):
            if n < 0.01 * moments[segment, :, which, 0].sum():
                continue
            mean = total_ / 2.0**32 / n
            spread = np.sqrt(squares / 2.0**32 / n - mean**2)
            found_mean, found_spread = reference.anchor[segment, kind, which]
            luck = 4.0 / np.sqrt(n)
            assert abs(mean - found_mean) < (0.05 + luck) * spread, (kind, which)
            assert abs(found_spread / spread - 1.0) < 0.05 + luck, (kind, which)


def test_a_scenario_reuses_the_reference_unchanged(found) -> None:
    config, reference = found
    before = {name: np.array(value) for name, value in reference.to_dict().items() if name != "check"}
    names = ["points_program", "live_chat"] if config.market.kind == "transactional" else ["live_chat"]
    small = changed(config, replications=2)
    result = cxsim.compare(small, names, reference=reference)
    assert result.reference is reference
    for parts in [[], *(scenario(name) for name in names)]:
        blueprint = plan(config, parts, reference)
        assert blueprint.fixed["kappa"] is reference.kappa and blueprint.fixed["anchor"] is reference.anchor
        assert blueprint.fixed["is_moved"] is reference.is_moved
    for name, value in before.items():
        np.testing.assert_array_equal(np.array(getattr(reference, name)), value)


def test_a_reference_survives_being_written_down(found) -> None:
    config, reference = found
    again = Reference.from_dict(reference.to_dict())
    assert live(plan(config, (), again)).events.tobytes() == live(plan(config, (), reference)).events.tobytes()


@pytest.mark.parametrize("market", ["online_retail", "subscription"])
def test_neutral_is_exact_by_construction(market: str) -> None:
    """Without any effect kappa is exactly 0, nothing is moved, and the twin is the same bit for bit."""
    config = world(f"market={market}", "satisfaction.total_effect=0", "upsell=none", "n_customers=500",
                   "needs=always_noticed", "delivery.p_wrong=0", "payment=none", "horizon_days=200",
                   "reference.customers=2000")
    reference = find_reference(config)
    assert not reference.is_moved.any() and not reference.kappa.any()
    assert reference.check == [] and reference.passes == 0
    with_effects, twin = live(plan(config, (), reference)), live(twin_plan(config, reference))
    assert with_effects.events.tobytes() == twin.events.tobytes()
    for name in ("tally", "ledger", "points", "ages"):
        np.testing.assert_array_equal(getattr(with_effects, name), getattr(twin, name))


# A world in which nothing moves a link, and what moves which one.
STILL = ("satisfaction=none", "upsell=none", "order.p_lost_after_lost_contact=0", "needs=always_noticed",
         "delivery.p_wrong=0", "payment=none")
MOVERS = {
    ("satisfaction.total_effect=0.25", "satisfaction.share.rate=1", "satisfaction.share.exit=0"): "rate",
    ("order.p_lost_after_lost_contact=0.1",): "rate",
    ("needs.p_forgotten=0.1",): "rate",
    ("touchpoints.reminder.reach=0.5", "coaching.lift=0.4"): "rate",
    ("touchpoints.reminder.reach=0.5", "coaching.reactance=0.593"): "exit",
    ("attachment.exit=0.2",): "exit",
    ("complaints=some",): "exit",
    ("save_offers=riskiest",): "exit",
    ("delivery.p_wrong=0.1",): "spend",
    ("knowledge.price_gain=0.02",): "spend",
    ("attachment.price=0.03",): "spend",
    ("automatic=consented",): "spend",  # What it orders wrongly is sent back.
    ("automatic=consented", "automatic.p_wrong=0"): None,
    ("upsell.p_offer=0.5", "upsell.wear_out=0.3"): "upsell",
    # What has nothing to act on moves nothing; who is won back lives on as his law says.
    ("complaints=some", "complaints.p_answered=1", "complaints.answer_hours=0"): None,
    ("complaints=some", "complaints.p_complain=0"): None,
    ("save_offers=riskiest", "save_offers.share=0"): None,
    ("analytics=model", "win_back=offer"): None,
    ("coaching.lift=0.4", "coaching.reactance=0.593"): None,
    ("touchpoints.reminder.reach=0.5", "coaching.recall=0.7"): None,
    ("delivery.p_wrong=0.1", "delivery.p_return=0"): None,
    ("upsell.wear_out=0.3",): None,
    ("handoff=fragmented", "employees=human", "recovery=mild", "choice=habit"): None,
}


@pytest.mark.parametrize("keys", MOVERS, ids="+".join)
def test_a_link_is_moved_by_what_acts_on_it_and_by_nothing_else(keys: tuple[str, ...]) -> None:
    moved = blank_reference(world(*STILL, *keys)).is_moved.tolist()
    assert [name for name, is_moved in zip(LINKS, moved, strict=True) if is_moved] == (
        [MOVERS[keys]] if MOVERS[keys] else [])


def test_failed_payments_move_the_exit_of_subscribers() -> None:
    cards = (*STILL, "payment.p_failure=0.02")
    assert blank_reference(world("market=subscription", *cards)).is_moved.tolist() == [0, 1, 0, 0, 0, 0]
    recovered = blank_reference(world("market=subscription", *cards, "payment.p_recovered=1"))
    assert not recovered.is_moved.any()


def test_attention_moves_the_exit_of_subscribers_only() -> None:
    still = (*STILL, "automatic.attention=0.5", "automatic.shocks_per_year=1")
    assert blank_reference(world("market=subscription", *still)).is_moved.tolist() == [0, 1, 0, 0, 0, 0]


def test_the_digest_of_a_reference_names_the_baseline_and_nothing_else() -> None:
    config = world()
    same = [changed(config, seed=9), changed(config, replications=3), changed(config, output__events="all"),
            config.model_copy(update={"scenario": scenario("points_program")[0]}),
            changed(config, parallel__workers=2), changed(config, engine="simpy")]
    other = [changed(config, n_customers=4999), changed(config, perception__noise_sd=0.4),
             changed(config, channels__phone__patience_minutes=4), changed(config, horizon_days=729),
             changed(config, reference__customers=1000), changed(config, loyalty__earn_rate=0.01)]
    digests = {reference_digest(c) for c in same}
    assert digests == {reference_digest(config)}
    assert len({reference_digest(c) for c in other} | digests) == len(other) + 1


def test_a_baseline_that_does_not_settle_is_refused_by_name() -> None:
    config = world("n_customers=300", "horizon_days=200", "reference.customers=600", "reference.max_passes=1",
                   "satisfaction.total_effect=0.9")
    with pytest.raises(CxsimError, match="reference: .* after 1 passes"):
        find_reference(config)


@pytest.mark.slow
@pytest.mark.parametrize("market", ["online_retail", "subscription"])
def test_the_shipped_baseline_passes_its_check_at_full_size(market: str) -> None:
    config = world(f"market={market}")
    assert config.reference.customers == 100_000
    reference = find_reference(config)
    assert all(row["passed"] for row in reference.check)


@pytest.mark.slow
@pytest.mark.parametrize("effect", [0.1, 0.6])
def test_weaker_and_stronger_effects_are_anchored_too(effect: float) -> None:
    config = world(f"satisfaction.total_effect={effect}", "n_customers=5000", "horizon_days=365")
    reference = find_reference(config)
    assert all(row["passed"] for row in reference.check)


def test_a_world_found_from_its_neighbour_reproduces_its_own_neutral_twin(found) -> None:
    """Another effect of satisfaction, a third of the pilots, begun from this reference: history is still kept.

    The pilots are fewer than the judge's lives, so their luck counts twice.
    """
    config, reference = found
    effect = Effect(value=0.1, low=0.0, high=0.9)
    few = config.reference.model_copy(update={"customers": 10_000, "tolerance": 0.04})
    neighbour = config.model_copy(update={
        "satisfaction": config.satisfaction.model_copy(update={"total_effect": effect}), "reference": few})
    warm = find_reference(neighbour, start=reference)
    assert warm.passes <= 6 and warm.check == [] and warm.unsettled < 0.1
    gap, error = _gap(*_on_and_off(neighbour, warm))
    assert (np.abs(gap) < np.maximum(0.01, 3 * np.sqrt(3) * error)).all(), (gap, error)


def test_a_start_leaves_no_intercept_on_a_link_that_nothing_moves(found) -> None:
    config, reference = found
    calm = cxsim.load([*REDUCED[config.market.name], "satisfaction=none", "satisfaction.total_effect=0",
                       "upsell.wear_out=0", "reference.customers=2500"])
    warm = find_reference(calm, start=reference)
    assert warm.is_moved.sum() < reference.is_moved.sum()
    assert not np.any(warm.kappa[warm.is_moved == 0])
