"""Worlds to judge: made from overrides, lived under either engine, held against theory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

import cxsim
from cxsim.config.folders import groups
from cxsim.engines.blueprint import Blueprint, make_blueprint, with_logging
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import run_compiled, run_replication
from cxsim.journal.tallies import COUNTERS
from cxsim.settings.overlay import apply_changes
from cxsim.settings.reference import Reference, blank_reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import make_lives

# Nothing moves a customer: no need forgotten, no effect of satisfaction, no offers, nothing sent back,
# nobody invited, nobody paid for, no payment fails.
NEUTRAL = ("satisfaction=none", "upsell=none", "referral=none", "acquisition=none", "needs=always_noticed",
           "delivery.p_wrong=0", "payment=none")
CUSTOMER_MARKETS = ("online_retail", "subscription", "telecom")
MARKETS = (*CUSTOMER_MARKETS, "contact_centre")
SCENARIOS = tuple(name for name in groups()["scenario"] if name != "none")
# What a market of anonymous calls over one phone has no place for, each refused with a cure.
NOT_IN_A_CONTACT_CENTRE = (
    "affiliates", "cashback", "chatbot", "crm_integration", "curated_offering", "easier_first_order",
    "exclusive_offers", "live_chat", "membership", "more_media", "payment_recovery", "points_program", "promotion",
    "respond_to_desire", "save_offers", "save_offers_blind", "self_service", "stamp_card", "tiers", "win_back")

# What is the same wherever people serve, journeys go on, and the brand learns, helps and coaches.
_LIVED = (
    "needs=forgetful", "choice=habit", "handoff=fragmented", "employees=human", "recovery=mild",
    "knowledge=learning", "coaching=reminders", "automatic=consented", "attachment=growing",
    "perception.weights.use=0.4", "perception.leniency_sd=0.3", "perception.weight_spread=0.3",
    "journeys.evaluate.needs_per_year=1",
    "employees.turnover_per_year=4", "employees.training.hours_per_year=40", "employees.erosion_days=10",
    "recovery.p_recover=0.5", "recovery.compensation=5", "delivery.p_wrong=0.1", "delivery.p_late=0.1",
    "coaching.reactance=0.593",
    "automatic.confidence=0.2", "automatic.p_wrong=0.5", "automatic.p_consent=0.5",
    "upsell.wear_out.value=0.3", "perception.severity_spread=0.5", "knowledge.population_scale=100",
    "order.p_lost_after_lost_contact=0.2", "market.entrants_per_day=2",
    "referral.invitations_per_journey=0.4", "referral.bonus=10", "referral.friend_bonus=5",
    "referral.referred_margin=0.1", "referral.referred_exit=0.75", "talk=warnings", "talk.negative_below=0.5",
    "talk.effect=0.001", "contagion=ties", "reputation=public", "reputation.p_rating=0.4",
    "season=christmas", "competitor=learning_rival",
    "price.level=1.1", "price.elasticity.value=0.2", "price.exit_elasticity.value=0.5",
    "price.promotion.start_day=30",
    "price.promotion.days=10", "price.promotion.discount=0.1", "price.promotion.forward_share=0.5",
    "loyalty=tiers", "loyalty.expiry_days=62", "loyalty.reward_value=1", "loyalty.endowed_points=5",
    "loyalty.tier_period_days=40",
    "loyalty.tier_gradient=0.2", "loyalty.member_exit=-0.2", "loyalty.exclusive_upsell=0.5",
    "loyalty.exclusive_discount=0.3", "++loyalty.tiers.gold.priority=0", "loyalty.tiers.silver.from_spend=40",
    "loyalty.tiers.gold.from_spend=70", "loyalty.membership.p_join=0.3", "loyalty.membership.fee=5",
    "loyalty.membership.period_days=30", "loyalty.membership.p_renew=0.5", "loyalty.membership.lift=0.3",
    "loyalty.membership.benefit_cost_per_order=0.5", "loyalty.heavy_orders_per_year=20",
    "complaints=some", "complaints.p_complain=0.6", "complaints.p_exit=0.4", "complaints.memory_days=30",
    "analytics=model", "analytics.delay_days=20", "save_offers=riskiest", "save_offers.share=0.4",
    "win_back=offer", "win_back.p_return=0.3", "win_back.after_days=10", "win_back.rel_hazard=0.8",
    "channels.phone.handle_minutes=60", "++channels.phone.handle_cv=1.2", "++channels.phone.p_resolved=0.7",
    "++channels.phone.p_retry=0.4", "++channels.phone.retry_hours=1", "++channels.phone.call_back_minutes=1",
    "++channels.phone.shrinkage=0.2", "++channels.web.p_resolved=0.8",
    *(f"touchpoints.{name}.reach=0.5" for name in groups()["touchpoints"] if name != "dealer_visit"),
    *(f"satisfaction.share.{link}=0.2" for link in ("rate", "exit", "spend", "upsell")),
    "satisfaction.share.invitation=0.1", "satisfaction.share.conversion=0.1",
    "prospects.p_convert=0.6", "prospects.p_return=0.5", "prospects.return_days=8", "prospects.loyalty_pull=0.2",
    "survey=who_answers", "survey.share_asked=0.8", "survey.p_answer=0.6", "close_the_loop=calls",
    "upsell.ladder=2", "upsell.maturity.value=1.0", "upsell.fit_weight.value=1.0", "upsell.minutes_per_offer=2",
    "upsell.cost_per_offer=0.1",
    "++acquisition.search={spend_per_day: 4, response: hill, anchor_spend_per_day: 4, rel_rate: 0.8, "
    "rel_exit: 1.3, anchor_entrants_per_day: 1, ceiling_entrants_per_day: 2, commission_per_customer: 9, "
    "welcome_gift: 5}")
_OWNED = ("journeys=owner", "journeys.upgrade.needs_per_year=1", "journeys.move.needs_per_year=1",
          "journeys.renew.share_of_renewals=0.5", "automatic.attention=0.5", "automatic.shocks_per_year=2",
          "touchpoints.reminder.prompts_per_year=12", "payment=cards", "payment.p_failure=0.1")
# Everything on that a shipped market leaves off.
EVERYTHING = {
    "online_retail": (
        "n_customers=250", "horizon_days=150", "channels.phone.share=0.4", "use=faults", "use.p_fault=0.2",
        "journeys.troubleshoot.needs_per_year=1", "journeys.troubleshoot.p_further_contact=0.3",
        "journeys.purchase.p_further_contact=0.2", "channels.chat.share=0.1", "channels.chat.employees=1",
        *_LIVED),
    "subscription": (
        "market=subscription", "n_customers=300", "horizon_days=150", "++segments.regular.priority=1",
        "segments.regular.support_needs_per_year=4", *_LIVED, *_OWNED),
    "telecom": (
        "market=telecom", "n_customers=200", "horizon_days=150", "market.renewal_days=60",
        "touchpoints.dealer_visit.reach=0.5", "segments.residential.support_needs_per_year=6",
        *_LIVED, *_OWNED),
    "contact_centre": (
        "market=contact_centre", "horizon_days=4", "channels.phone.contacts_per_hour=60",
        "channels.phone.employees=4", "channels.phone.patience_minutes=2", "employees=human",
        "employees.turnover_per_year=100", "employees.training.hours_per_year=40",
        "++channels.phone.handle_cv=1.2",
        "++channels.phone.p_resolved=0.8", "++channels.phone.return_days=0.2", "++channels.phone.p_retry=0.4",
        "++channels.phone.retry_hours=0.5", "++channels.phone.shrinkage=0.2"),
}


def everything(market: str, *overrides: str) -> Config:
    """A small, lively world of a market in which every mechanism is on."""
    return world(*EVERYTHING[market], *overrides)


def world(*overrides: str) -> Config:
    """A world from overrides as on the command line."""
    return cxsim.load(list(overrides))


def changed(config: Config, **changes: Any) -> Config:
    """The world with some keys changed, world keys included; ``__`` stands for a dot."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    return apply_changes(config, dotted, origin="judge", allow_world=True)


def scenario(name: str, *overrides: str) -> list[ScenarioSpec]:
    """The parts of a shipped scenario."""
    return cxsim.load_scenario(name, list(overrides)) if overrides else cxsim.load_scenario(name)


def spec(name: str, changes: dict[str, Any], **when: Any) -> ScenarioSpec:
    """A scenario of one's own."""
    return ScenarioSpec(name=name, changes=changes, **when)


def plan(
    config: Config, parts: Sequence[ScenarioSpec] = (), reference: Reference | None = None, *,
    log: bool = True,
) -> Blueprint:
    """The blueprint of a scenario, everybody logged unless said otherwise."""
    reference = reference or blank_reference(config)
    blueprint = make_lives("side", config, parts, reference).blueprint
    return with_logging(blueprint, 1.0 if log else 0.0)


def twin_plan(config: Config, reference: Reference | None = None) -> Blueprint:
    """The blueprint of the neutral twin: every link is cut."""
    blueprint = make_blueprint([config], [], reference or blank_reference(config), effects=False)
    return with_logging(blueprint, 1.0)


def live(blueprint: Blueprint, replication: int = 0, engine: str = "compiled") -> Outcome:
    """One replication."""
    return run_replication(blueprint, replication, engine)


def live_many(
    blueprint: Blueprint, n: int, reduce: Callable[[Outcome], Any], first: int = 0,
) -> list[Any]:
    """What `reduce` makes of each of n replications, in order."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda k: reduce(run_compiled(blueprint, k)), range(first, first + n)))


def counted(outcome: Outcome, name: str) -> np.ndarray:
    """A counter by segment and month (the whole run last), shared segment left out."""
    return outcome.tally[:-1, :, COUNTERS.index(name)]


def total(outcome: Outcome, name: str) -> int:
    """A counter summed over segments and months."""
    return int(counted(outcome, name)[:, :-1].sum())


def judge(values: Sequence[float], theory: float, *, within: float) -> None:
    """Replications against theory: |z| below 4, and a relative error below `within`.

    The standard error must be below half of `within`, so that the judge can fail.
    """
    sample = np.asarray(values, float)
    assert len(sample) >= 6, "a judge needs replications"
    mean, error = sample.mean(), sample.std(ddof=1) / np.sqrt(len(sample))
    assert error < 0.5 * within * abs(theory), f"too noisy to judge: {mean:.6g} +- {error:.2g}"
    z = (mean - theory) / error
    assert abs(z) < 4.0, f"simulated {mean:.6g} +- {error:.2g}, theory {theory:.6g}, z = {z:+.2f}"
    assert abs(mean / theory - 1.0) < within, f"simulated {mean:.6g}, theory {theory:.6g}"
