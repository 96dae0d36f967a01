"""Worlds nobody would think of: everything a configuration may vary, small enough to live in a moment."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cxsim.errors import CxsimError
from cxsim.settings.audience import Audience
from cxsim.settings.overlay import combine
from cxsim.settings.part_checks import check_part
from cxsim.settings.schema import Config, ScenarioSpec
from lived_worlds import SCENARIOS, changed, scenario, spec, world

WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EFFECTS = ("rate", "exit", "spend", "upsell", "invitation", "conversion")


def _staffed(draw: Any, channel: str) -> dict[str, Any]:
    """A desk: its people, the patience of its callers, its doors."""
    around_the_clock = draw(st.booleans())
    opens = 0 if around_the_clock else draw(st.integers(0, 20))
    keys = {
        "employees": draw(st.integers(1, 3)),
        "handle_minutes": draw(st.sampled_from([0.5, 8.0, 90.0, 600.0])),
        "patience_minutes": draw(st.sampled_from([None, 0.2, 5.0, 2000.0])),
        "open_hour": opens,
        "close_hour": 24 if around_the_clock else draw(st.integers(opens + 1, 24)),
        "open_days": draw(st.sampled_from([WEEK, WEEK[:6], [WEEK[0]], [WEEK[6]], WEEK[::2]])),
        "at_close": draw(st.sampled_from(["send_away", "serve_all"])),
        "wage_per_hour": draw(st.sampled_from([0.0, 20.0])),
    }
    return {f"channels.{channel}.{name}": value for name, value in keys.items()}


def _effects(draw: Any) -> dict[str, Any]:
    place = draw(st.integers(0, len(EFFECTS) - 1))
    shares = {f"satisfaction.share.{name}": 0.0 for name in EFFECTS}
    shares[f"satisfaction.share.{EFFECTS[place]}"] = 0.5
    other = EFFECTS[(place + 1) % len(EFFECTS)]
    shares[f"satisfaction.share.{other}"] = 0.5
    return {
        **shares,
        "satisfaction.total_effect": draw(st.sampled_from([0.0, 0.25, 0.9])),
        "perception.sensitivity": draw(st.sampled_from([0.5, 1.0])),
        "order.p_lost_after_lost_contact": draw(st.sampled_from([0.0, 0.4, 1.0])),
        "upsell.p_offer": draw(st.sampled_from([0.0, 0.6])),
        "choice.wait_weight_per_minute": draw(st.sampled_from([0.0, 0.05, 1.0])),
    }


def _voice(draw: Any) -> dict[str, Any]:
    """Who is asked and answers, who is called, who is won with money, and what offers take."""
    return {
        "survey.share_asked": draw(st.sampled_from([1.0, 0.5])),
        "survey.p_answer": draw(st.sampled_from([1.0, 0.4])), "survey.bias": 0.5, "survey.extremes": 0.3,
        "close_the_loop.reach": draw(st.sampled_from([0.0, 0.9])),
        "close_the_loop.below": draw(st.integers(0, 10)),
        "close_the_loop.delay_days": draw(st.sampled_from([0.0, 5.0])),
        "close_the_loop.gain": draw(st.sampled_from([0.0, 1.0])), "close_the_loop.cost_per_call": 3.0,
        "acquisition.media.rel_rate": draw(st.sampled_from([1.0, 0.5])),
        "acquisition.media.commission_per_customer": draw(st.sampled_from([0.0, 7.0])),
        "upsell.ladder": draw(st.integers(1, 3)), "upsell.maturity": draw(st.sampled_from([0.0, 2.0])),
        "upsell.minutes_per_offer": draw(st.sampled_from([0.0, 3.0])),
        "upsell.cost_per_offer": draw(st.sampled_from([0.0, 0.2])),
    }


def _relationship(draw: Any, is_shop: bool) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "referral.invitations_per_journey": draw(st.sampled_from([0.0, 0.1, 0.6])),
        "referral.p_convert": draw(st.sampled_from([0.0, 0.42, 1.0])),
        "referral.delay_days": draw(st.sampled_from([0.01, 14.0])),
        "referral.bonus": draw(st.sampled_from([0.0, 10.0])),
        "referral.friend_bonus": draw(st.sampled_from([0.0, 5.0])),
        "delivery.days": draw(st.sampled_from([0.0, 0.5, 3.0, 20.0])),
        "delivery.p_late": draw(st.sampled_from([0.0, 0.3])),
        "delivery.use_days": draw(st.sampled_from([0.0, 2.0])),
        "market.renewal_days": draw(st.integers(1, 40)),
    }
    keys |= _programme(draw, is_shop) | _voice(draw)
    if draw(st.booleans()):
        keys |= {"prospects.p_convert": 0.6, "prospects.p_return": draw(st.sampled_from([0.0, 0.8])),
                 "prospects.return_days": draw(st.sampled_from([0.01, 15.0])), "prospects.loyalty_pull": 0.3,
                 "referral.p_convert": draw(st.sampled_from([0.0, 0.42]))}
    if is_shop:
        keys |= {
            "segments.shoppers.purchase.r": draw(st.sampled_from([0.243, 4.0])),
        }
    else:
        keys["segments.regular.support_needs_per_year"] = draw(st.sampled_from([0.0, 3.0, 60.0]))
    return keys


def _programme(draw: Any, is_shop: bool) -> dict[str, Any]:
    """A loyalty programme of any kind, or none."""
    earning = draw(st.sampled_from([
        {}, {"earn_rate": 0.03}, {"earn_rate": 0.15}, {"earn_rate": 0.1, "cashback": True},
        {"stamps": 3, "reward_value": 6.0}, {"stamps": 1, "reward_value": 2.0}]))
    keys: dict[str, Any] = {
        **earning, "p_enrol": draw(st.sampled_from([0.4, 1.0])),
        "expiry_days": draw(st.sampled_from([3.0, 365.0])) if is_shop else 50.0,
        "endowed_points": draw(st.sampled_from([0, 2])) if earning.get("stamps", 3) > 2 else 0,
    }
    if draw(st.booleans()):
        tier = {"from_spend": 30.0, "delight": 0.4, "exit": -0.5, "cost_per_order": 0.5}
        keys |= {
            "tiers": {"silver": tier, "gold": {**tier, "from_spend": 60.0, "rel_earn": 2.0, "priority": 0}},
            "tier_period_days": draw(st.sampled_from([5.0, 30.0])),
            "tier_gradient": draw(st.sampled_from([0.0, 0.25])),
            "member_exit": draw(st.sampled_from([0.0, -0.5])),
            "exclusive_upsell": draw(st.sampled_from([0.0, 1.0])), "exclusive_discount": 0.3,
            "heavy_orders_per_year": draw(st.sampled_from([None, 12.0])),
        }
    if draw(st.booleans()):
        keys |= {"membership": {
            "fee": draw(st.sampled_from([0.0, 9.0])), "period_days": draw(st.sampled_from([1.0, 20.0])),
            "p_join": draw(st.sampled_from([0.3, 1.0])), "p_renew": draw(st.sampled_from([0.0, 0.9])),
            "lift": draw(st.sampled_from([0.0, 0.6])), "benefit_cost_per_order": 0.4}}
    return {f"loyalty.{name}": value for name, value in keys.items()}


def _people(draw: Any, doors: dict[str, Any]) -> dict[str, Any]:
    """Employees with traits, haste, standards, fatigue and turnover; shifts that change within a day."""
    keys = {
        "employees.quality_sd": draw(st.sampled_from([0.0, 0.4])),
        "employees.speed_sd": draw(st.sampled_from([0.0, 0.3])),
        "employees.learning": draw(st.sampled_from([0.0, 0.4])),
        "employees.haste": draw(st.sampled_from([0.0, 0.5])),
        "employees.care": draw(st.sampled_from([0.0, 1.0])),
        "employees.erosion_days": draw(st.sampled_from([None, 5.0])),
        "employees.restoring_days": draw(st.sampled_from([None, 30.0])),
        "employees.fatigue_from": 0.1,
        "employees.fatigue_time": draw(st.sampled_from([0.0, 0.5])),
        "employees.turnover_per_year": draw(st.sampled_from([0.0, 30.0])),
        "employees.morale_quality": draw(st.sampled_from([0.0, 0.26])),
        "employees.morale_satisfaction": 1.0,
        "employees.training.hours_per_year": draw(st.sampled_from([0.0, 40.0])),
        "employees.training.quality": 0.3,
        "channels.phone.handle_cv": draw(st.sampled_from([None, 0.0, 1.23])),
        "channels.phone.p_resolved": draw(st.sampled_from([1.0, 0.5])),
        "channels.phone.p_retry": draw(st.sampled_from([0.0, 0.449])),
        "channels.phone.retry_hours": draw(st.sampled_from([0.2, 24.0])),
        "channels.phone.shrinkage": draw(st.sampled_from([0.0, 0.3])),
    }
    if draw(st.booleans()):
        opens, closes = doors["channels.phone.open_hour"], doors["channels.phone.close_hour"]
        keys["channels.phone.shifts"] = {
            "all": {"from_hour": 0, "to_hour": 24, "employees": 1},
            "first": {"from_hour": opens, "to_hour": min(opens + 3, closes), "employees": draw(st.integers(0, 3)),
                      "days": doors["channels.phone.open_days"][:2]}}
    return keys


def _leaving(draw: Any, is_shop: bool) -> dict[str, Any]:
    """Payments that fail, complaints, save offers by score, win-back."""
    keys = {
        "complaints.p_complain": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "complaints.p_answered": draw(st.sampled_from([0.0, 0.6, 1.0])),
        "complaints.answer_hours": draw(st.sampled_from([0.0, 48.0])),
        "complaints.p_exit": draw(st.sampled_from([0.0, 0.5])),
        "complaints.gain": 0.4, "complaints.cost_per_answer": 3.0,
        "analytics.auc": draw(st.sampled_from([0.5, 0.8, 1.0])),
        "analytics.delay_days": draw(st.sampled_from([0.0, 40.0])),
        "save_offers.share": draw(st.sampled_from([0.0, 0.3, 1.0])),
        "save_offers.effect": draw(st.sampled_from([0.0, 0.7])),
        "save_offers.discount": 4.0, "save_offers.max_per_customer": draw(st.integers(1, 3)),
        "win_back.reach": draw(st.sampled_from([0.0, 0.7, 1.0])),
        "win_back.after_days": draw(st.sampled_from([0.01, 5.0, 30.0])),
        "win_back.p_return": draw(st.sampled_from([0.0, 0.5])),
        "win_back.satisfaction": draw(st.sampled_from([0.0, 0.5])),
        "win_back.offer_value": draw(st.sampled_from([0.0, 6.0])), "win_back.cost_per_contact": 0.5,
        "win_back.max_attempts": draw(st.integers(1, 4)), "win_back.rel_hazard": draw(st.sampled_from([0.5, 3.0])),
    }
    if not is_shop:
        keys |= {"payment.p_failure": draw(st.sampled_from([0.0, 0.1, 0.6])),
                 "payment.p_recovered": draw(st.sampled_from([0.0, 0.5, 1.0])), "payment.recovery_cost": 0.2}
    return keys


def _experience(draw: Any, is_shop: bool) -> dict[str, Any]:
    """What a customer meets and feels: everything of the experience that a world may switch on."""
    keys: dict[str, Any] = {
        "needs.p_known": draw(st.sampled_from([1.0, 0.5])),
        "perception.mean_weight": draw(st.sampled_from([1.0, 0.5, 0.0])),
        "perception.severity_spread": draw(st.sampled_from([0.0, 1.0])),
        "perception.leniency_sd": draw(st.sampled_from([0.0, 0.3])),
        "perception.weight_spread": draw(st.sampled_from([0.0, 0.4])),
        "perception.weights.use": draw(st.sampled_from([0.0, 0.7])),
        "attachment.exit": draw(st.sampled_from([0.0, 0.4])), "attachment.price": 0.1,
        "journeys.evaluate.needs_per_year": draw(st.sampled_from([0.0, 12.0])),
        "touchpoints.needs_research.reach": draw(st.sampled_from([0.0, 0.5])),
        "handoff.integration": draw(st.sampled_from([1.0, 0.3, 0.0])),
        "handoff.repeat_minutes": 3.0, "handoff.weight": 0.4,
        "choice.habit_weight": draw(st.sampled_from([0.0, 2.0])),
        "choice.lost_contact_weight": draw(st.sampled_from([0.0, 3.0])),
        "recovery.p_recover": draw(st.sampled_from([0.0, 0.7])),
        "recovery.gain": 1.5, "recovery.compensation": 2.0,
        "delivery.p_wrong": draw(st.sampled_from([0.0, 0.3])),
        "upsell.wear_out": draw(st.sampled_from([0.0, 1.0])),
        "knowledge.population_exponent": draw(st.sampled_from([0.0, 0.5])),
        "knowledge.p_opt_out": draw(st.sampled_from([0.0, 0.3])),
        "knowledge.memory_days": draw(st.sampled_from([20.0, 730.0])),
        "automatic.p_consent": draw(st.sampled_from([0.0, 0.8])),
        "automatic.confidence": draw(st.sampled_from([0.1, 0.5])),
        "automatic.p_wrong": 0.5,
        "touchpoints.reminder.reach": draw(st.sampled_from([0.0, 0.6])),
        "touchpoints.reminder.prompts_per_year": 60.0,
        "coaching.recall": 1.0, "coaching.attention_wear": draw(st.sampled_from([0.0, 0.3])),
        "coaching.reactance": draw(st.sampled_from([0.0, 0.593])),
        "journeys.purchase.p_further_contact" if is_shop else "journeys.troubleshoot.p_further_contact":
            draw(st.sampled_from([0.0, 0.6])),
    }
    keys |= {
        "season.months": draw(st.sampled_from([[1.0] * 12, [0.5, 2.0] * 6])),
        "season.weekdays": draw(st.sampled_from([[1.0] * 7, [1, 1, 1, 1, 1, 3, 0.2]])),
        "competitor.quality": draw(st.sampled_from([-1.0, 0.0, 1.0])),
        "competitor.weight": draw(st.sampled_from([0.0, 1.0])),
        "competitor.p_need": draw(st.sampled_from([0.0, 0.3])) if is_shop else 0.0,
        "competitor.pull": draw(st.sampled_from([0.0, 0.5])),
        "price.level": draw(st.sampled_from([1.0, 1.2])),
        "price.elasticity": draw(st.sampled_from([0.0, 1.5])),
        "price.exit_elasticity": draw(st.sampled_from([0.0, 1.0])),
    }
    for name in ("search_saving", "handle_saving", "delivery_saving", "fit_gain", "price_gain", "prompt_accuracy",
                 "recognition"):
        keys[f"knowledge.{name}"] = draw(st.sampled_from([0.0, 0.4]))
    for name in ("recommendation", "chatbot", "courier", "call_back", "onboarding_call", "close_the_loop_call"):
        keys[f"touchpoints.{name}.reach"] = draw(st.sampled_from([0.0, 0.5, 1.0]))
    keys["channels.phone.call_back_minutes"] = draw(st.sampled_from([None, 1.0]))
    if is_shop:
        keys |= {"needs.p_forgotten": draw(st.sampled_from([0.0, 0.4])), "needs.p_to_competitor": 0.5,
                 "coaching.lift": draw(st.sampled_from([0.0, 0.7])),
                 "use.p_fault": draw(st.sampled_from([0.0, 0.4])), "use.fault_days": 3.0,
                 "journeys.troubleshoot.needs_per_year": draw(st.sampled_from([0.0, 12.0]))}
    else:
        keys |= {"automatic.attention": draw(st.sampled_from([1.0, 0.4])), "automatic.shocks_per_year": 6.0,
                 "journeys.upgrade.needs_per_year": draw(st.sampled_from([0.0, 8.0])),
                 "journeys.renew.share_of_renewals": draw(st.sampled_from([0.0, 0.7])),
                 "journeys.renew.notice_days": 3.0, "segments.regular.priority": draw(st.sampled_from([0, 1]))}
    return keys


def _word_of_mouth(draw: Any) -> dict[str, Any]:
    """What being referred, ties, talk and ratings do, and a market that may end."""
    keys: dict[str, Any] = {
        "referral.friend_lift": draw(st.sampled_from([0.0, 1.0])),
        "referral.referred_margin": draw(st.sampled_from([-0.2, 0.0, 0.5])),
        "referral.referred_exit": draw(st.sampled_from([0.5, 1.0])),
        "talk.p_negative": draw(st.sampled_from([0.0, 1.0])), "talk.negative_below": 0.2,
        "talk.effect": draw(st.sampled_from([0.0, 0.02])),
        "contagion.multiplier": draw(st.sampled_from([1.0, 1.8, 9.0])),
        "contagion.acquaintances": draw(st.sampled_from([0, 3])),
        "reputation.p_rating": draw(st.sampled_from([0.0, 0.5])), "reputation.negative_weight": 2.0,
        "reputation.arrivals": draw(st.sampled_from([0.0, 0.5])),
    }
    if draw(st.booleans()):
        keys["market.size"] = draw(st.integers(150, 300))
        if draw(st.booleans()):
            keys |= {"market.bass.p": draw(st.sampled_from([0.1, 3.0])), "market.bass.q": 2.0,
                     "market.bass.satisfaction": draw(st.sampled_from([0.0, 0.4]))}
    return keys


@st.composite
def shares_of_channels(draw: Any) -> dict[str, Any]:
    """Weights of web, app, phone and chat; at least one is offered."""
    shares = {name: draw(st.sampled_from([0.0, 0.2, 1.0])) for name in ("web", "app", "phone", "chat")}
    if not any(shares.values()):
        shares[draw(st.sampled_from(sorted(shares)))] = 1.0
    return {f"channels.{name}.share": share for name, share in shares.items()}


@st.composite
def worlds(draw: Any, markets: tuple[str, ...] = ("online_retail", "subscription", "contact_centre")) -> Config:
    """A small world of any market."""
    market = draw(st.sampled_from(markets))
    keys: dict[str, Any] = {
        "seed": draw(st.integers(0, 2**40)), "horizon_days": draw(st.integers(2, 75)),
        "start_date": draw(st.sampled_from(["2026-01-01", "2026-03-29", "2027-12-31"])),
    }
    if market == "contact_centre":
        keys |= _staffed(draw, "phone")
        keys["channels.phone.contacts_per_hour"] = draw(st.sampled_from([0.5, 6.0, 25.0]))
        keys["market.layer_rate_per_day"] = draw(st.sampled_from([5.0, 1000.0]))
        keys["horizon_days"] = min(keys["horizon_days"], 6)
        keys |= _people(draw, keys) | {"channels.phone.shifts": {}}
        return changed(world("market=contact_centre"), **keys)
    keys |= {**draw(shares_of_channels()), **_staffed(draw, "phone"), **_staffed(draw, "chat"), **_effects(draw),
             **_relationship(draw, market == "online_retail")}
    if draw(st.booleans()):
        keys |= _people(draw, keys) | _experience(draw, market == "online_retail")
    if draw(st.booleans()):
        keys |= _leaving(draw, market == "online_retail")
    keys["n_customers"] = draw(st.integers(1, 150))
    keys["population.start"] = draw(st.sampled_from(["new", "base"]))
    keys["market.history_days"] = draw(st.sampled_from([30, 1095]))
    keys["market.entrants_per_day"] = draw(st.sampled_from([0.5, 2.0]))
    if draw(st.booleans()):
        keys |= _word_of_mouth(draw)
        keys["market.entrants_per_day"] = None if "market.bass.p" in keys else keys["market.entrants_per_day"]
    keys["channels.web.p_failure"] = draw(st.sampled_from([0.0, 0.03, 0.6, 1.0]))
    keys |= {"warmup_days": draw(st.sampled_from([0, 0, 1, 25])), "population.resample": draw(st.booleans()),
             "output.states": draw(st.sampled_from(["none", "month"]))}
    return changed(world(f"market={market}"), **keys)


def _whole_effects(changes: Any) -> Any:
    """A scenario's changes with each effect's value alone: it then needs no range of the world's."""
    if not isinstance(changes, dict):
        return changes
    return changes["value"] if set(changes) == {"value"} else {k: _whole_effects(v) for k, v in changes.items()}


@st.composite
def overlays(draw: Any, config: Config) -> list[ScenarioSpec]:
    """None, one or two scenarios on a world, at different times."""
    if config.market.kind == "contact_centre":
        return [spec("more", {"channels.phone.employees": draw(st.integers(1, 5))},
                     start_day=draw(st.integers(0, config.horizon_days - 1)))]
    parts = []
    for name in draw(st.lists(st.sampled_from(SCENARIOS), max_size=2, unique=True)):
        start = draw(st.integers(0, config.horizon_days - 1))
        end = draw(st.none() | st.integers(start + 1, config.horizon_days + 5))
        part = scenario(name)[0]
        if name == "promotion" and config.horizon_days <= part.changes["price"]["promotion"]["start_day"]:
            continue
        part = part.model_copy(update={
            "changes": _whole_effects(part.changes), "start_day": start,
            "ramp_days": draw(st.sampled_from([0, 7, 40])), "end_day": end})
        part = _for_some(draw, config, part)
        if not _contradict(parts, part):
            parts.append(part)
    return parts


def _for_some(draw: Any, config: Config, part: ScenarioSpec) -> ScenarioSpec:
    """The part for some customers only, where what it changes is not shared by all."""
    is_shop = config.market.kind == "transactional"
    who: dict[str, Any] = draw(st.fixed_dictionaries({}, optional={
        "segments": st.just([next(iter(config.segments))]), "sources": st.just(["start", "organic"]),
        "share": st.sampled_from([0.3, 0.8]), "tenure_days": st.sampled_from([[None, 30.0], [5.0, 400.0]]),
        "satisfaction": st.sampled_from([[None, 0.1], [-0.2, 1.0]]), "risk_share": st.sampled_from([0.2, 0.7]),
        "auc": st.sampled_from([0.5, 0.9, 1.0]), "score_days": st.sampled_from([1.0, 30.0]),
        **({"orders": st.just([2.0, None]), "quiet_days": st.just([3.0, 200.0])} if is_shop else {})}))
    if not who:
        return part
    chosen = part.model_copy(update={"who": Audience.model_validate(who)})
    try:
        check_part(config, chosen)
    except CxsimError:
        return part
    return chosen


def _contradict(parts: list[ScenarioSpec], part: ScenarioSpec) -> bool:
    """Whether a scenario sets a key that another one sets otherwise."""
    try:
        combine([*parts, part])
    except CxsimError:
        return True
    return False
