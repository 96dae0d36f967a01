"""From configurations to parameter rows: one row for each set of active scenario parts.

Here are the rows of segments; what else a row holds is filled in the modules named ``*_rows``. All
durations are days, all rates per day, unless a name says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import ROW
from cxsim.behaviour.state import CONTACT_CENTRE, SUBSCRIPTION, TRANSACTIONAL
from cxsim.journal.ticks import DAY
from cxsim.settings.names import segment_names
from cxsim.settings.schema import Config
from cxsim.settings.units import DAYS_PER_YEAR

KINDS = {"transactional": TRANSACTIONAL, "subscription": SUBSCRIPTION, "contact_centre": CONTACT_CENTRE}


def make_rows(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """Parameter rows of shape (rows, segments); without effects, every link is cut.

    Parameters
    ----------
    configs : sequence of Config
        One for each set of active scenario parts; the first is the baseline.
    effects : bool
        False gives the neutral twin: what satisfaction, prompts, forgotten needs, knowledge of prices,
        returns, worn-out offers and inattention do to rates, leaving and spend is cut.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> rows = make_rows([load()], effects=False)
    >>> rows.shape, float(rows["b_rate"][0, 0])
    ((1, 1), 0.0)
    """
    names = segment_names(configs[0])
    rows = np.zeros((len(configs), len(names)), ROW)
    for r, config in enumerate(configs):
        for s, name in enumerate(names):
            _fill_world(rows[r, s], config, name)
            _fill_experience(rows[r, s], config, effects)
            _fill_relationship(rows[r, s], config, effects)
            _fill_recognize(rows[r, s], config, effects)
            _fill_request(rows[r, s], config, name, effects)
            _fill_respond(rows[r, s], config, effects)
            _fill_knowledge(rows[r, s], config, effects)
            _fill_automatic(rows[r, s], config, effects)
    return rows


def _fill_world(row: np.void, config: Config, name: str) -> None:
    market = config.market
    segment = config.segments.get(name)
    if segment is not None:
        row["share"] = segment.share
        row["support_rate"] = segment.support_needs_per_year / DAYS_PER_YEAR
        row["fee"] = segment.fee_per_period
        row["spend_shape"] = segment.spend.p if segment.spend else 0.0
    row["goods_share"] = config.order.goods_share
    row["p_lost"] = config.order.p_lost_after_lost_contact
    row["delivery_days"] = config.delivery.days
    row["p_late"] = config.delivery.p_late
    row["late_days"] = config.delivery.late_days
    row["use_days"] = config.delivery.use_days
    row["delivery_cost"] = config.delivery.cost_per_order
    row["window_ticks"] = config.active_window_days * DAY
    row["renewal_ticks"] = market.renewal_days * DAY
    row["discount_per_day"] = math.log1p(market.discount_rate_per_year) / DAYS_PER_YEAR


def _fill_experience(row: np.void, config: Config, effects: bool) -> None:
    p = config.perception
    row["w_effort"], row["w_wait"] = p.weights.effort.value, p.weights.wait.value
    row["w_failure"], row["w_fit"] = p.weights.failure.value, p.weights.fit.value
    row["effort_half"], row["wait_half"] = p.effort_half_minutes, p.wait_half_minutes
    row["noise_sd"] = p.noise_sd
    row["fit_logit"] = math.log(p.fit_mean / (1.0 - p.fit_mean))
    row["fit_spread"] = p.fit_spread
    row["quality_weight"] = p.quality_weight.value
    row["loss_aversion"], row["sensitivity"] = p.loss_aversion.value, p.sensitivity.value
    row["expectation_n0"], row["expectation_floor"] = p.expectation_n0, p.expectation_floor
    row["w_use"] = p.weights.use.value
    row["leniency_sd"], row["weight_spread"] = p.leniency_sd.value, p.weight_spread.value
    row["attachment_n0"] = config.attachment.orders_n0
    row["attachment_exit"] = config.attachment.exit.value if effects else 0.0
    row["attachment_price"] = config.attachment.price.value if effects else 0.0
    row["memory_days"] = config.satisfaction.memory_weeks * 7.0
    row["memory_n0"] = config.satisfaction.memory_n0
    slope = config.satisfaction.total_effect.value if effects else 0.0
    share = config.satisfaction.share
    row["b_rate"], row["b_exit"] = slope * share.rate, -slope * share.exit
    row["b_spend"], row["b_upsell"] = slope * share.spend, slope * share.upsell
    row["b_invitation"] = slope * share.invitation
    row["choice_wait"] = config.choice.wait_weight_per_minute.value
    row["choice_effort"] = config.choice.effort_weight_per_minute.value


def _fill_relationship(row: np.void, config: Config, effects: bool) -> None:
    upsell = config.upsell
    row["p_offer"] = upsell.p_offer
    row["upsell_logit"] = math.log(upsell.p_accept / (1.0 - upsell.p_accept))
    row["rel_upsell"], row["fee_step"] = upsell.rel_amount, upsell.fee_step_per_period
    row["has_upsell_effect"] = 1.0 if effects else 0.0
    row["upsell_ladder"], row["upsell_n0"] = upsell.ladder, upsell.maturity_n0
    row["upsell_maturity"] = upsell.maturity.value if effects else 0.0
    row["upsell_fit"] = upsell.fit_weight.value if effects else 0.0
    row["offer_minutes"], row["offer_cost"] = upsell.minutes_per_offer, upsell.cost_per_offer
    if not effects:
        row["p_lost"] = 0.0


def _fill_recognize(row: np.void, config: Config, effects: bool) -> None:
    """Who notices a need, and what prompts do."""
    needs, coaching = config.needs, config.coaching
    row["p_forgotten"] = needs.p_forgotten if effects else 0.0
    row["p_competitor"], row["p_known"] = needs.p_to_competitor, needs.p_known
    row["recall"], row["prompt_days"] = coaching.recall.value, coaching.memory_days
    row["prompt_lift"] = coaching.lift.value if effects else 0.0
    row["attention_wear"] = coaching.attention_wear.value
    row["reactance"] = coaching.reactance.value if effects else 0.0
    row["reactance_days"], row["prompt_cost"] = coaching.reactance_days, coaching.cost_per_prompt


def _fill_request(row: np.void, config: Config, name: str, effects: bool) -> None:
    """Habit, lost contacts, hand-offs, offers that wear out, who is served first."""
    choice, handoff, upsell = config.choice, config.handoff, config.upsell
    row["habit"], row["habit_memory"] = choice.habit_weight.value, choice.habit_memory
    row["lost_contact"] = choice.lost_contact_weight.value
    row["integration"], row["handoff_minutes"] = handoff.integration, handoff.repeat_minutes
    row["w_handoff"] = handoff.weight.value
    row["offer_wear"] = upsell.wear_out.value if effects else 0.0
    row["offer_wear_days"] = upsell.wear_days
    row["priority"] = config.segments[name].priority if name in config.segments else 0.0
    row["renewal_contacts"] = config.journeys.renew.share_of_renewals
    row["renewal_notice_days"] = config.journeys.renew.notice_days
    row["n_touchpoints"] = sum(touchpoint.reach > 0 for touchpoint in config.touchpoints.values())


def _fill_respond(row: np.void, config: Config, effects: bool) -> None:
    """Wrong solutions, returns, faults, recovery, and how a journey is remembered."""
    delivery, recovery = config.delivery, config.recovery
    row["p_wrong"] = delivery.p_wrong
    row["p_return"] = delivery.p_return if effects else 0.0
    row["p_fault"], row["fault_days"] = config.use.p_fault, config.use.fault_days
    row["severity_spread"] = config.perception.severity_spread
    row["mean_weight"] = config.perception.mean_weight.value
    row["p_recover"], row["recovery_gain"] = recovery.p_recover, recovery.gain.value
    row["recovery_delay"], row["recovery_days"] = recovery.delay_days, recovery.memory_days
    row["compensation"] = recovery.compensation


def _fill_knowledge(row: np.void, config: Config, effects: bool) -> None:
    """What is learned of one customer, and what it improves."""
    known = config.knowledge
    row["known_n0"], row["known_days"] = known.individual_n0, known.memory_days
    row["p_opt_out"] = known.p_opt_out
    row["search_saving"], row["handle_saving"] = known.search_saving.value, known.handle_saving.value
    row["delivery_saving"], row["fit_gain"] = known.delivery_saving.value, known.fit_gain.value
    row["price_gain"] = known.price_gain.value if effects else 0.0
    row["prompt_accuracy"] = known.prompt_accuracy.value
    row["recognition"] = known.recognition.value


def _fill_automatic(row: np.void, config: Config, effects: bool) -> None:
    """Automatic execution, and (subscription) leaving put off by inattention."""
    automatic = config.automatic
    row["p_consent"], row["confidence"] = automatic.p_consent, automatic.confidence
    row["p_wrong_automatic"], row["wrong_tolerance"] = automatic.p_wrong, automatic.wrong_tolerance
    row["attention"] = 1.0
    if config.market.kind == "subscription":
        row["attention"] = automatic.attention.value if effects else 1.0
        row["shock_rate"] = automatic.shocks_per_year / DAYS_PER_YEAR
