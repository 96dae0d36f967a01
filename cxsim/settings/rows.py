"""From configurations to parameter rows: one row for each set of active scenario parts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.draws import decision
from cxsim.behaviour.state import (
    CHANNEL_RECORD, CONTACT_CENTRE, DIGITAL, L_EXIT, L_INVITATION, L_RATE, L_SPEND, L_UPSELL, LINKS, ROW,
    STAFFED, SUBSCRIPTION, TRANSACTIONAL)
from cxsim.journal.ticks import DAY
from cxsim.settings.schema import Config
from cxsim.settings.world import Channel

KINDS = {"transactional": TRANSACTIONAL, "subscription": SUBSCRIPTION, "contact_centre": CONTACT_CENTRE}
DAYS_PER_YEAR = 365.0
MINUTES_PER_DAY = 1440.0


def channel_names(configs: Sequence[Config]) -> tuple[str, ...]:
    """Names of every channel that exists in any row, in order of first mention."""
    return tuple(dict.fromkeys(name for config in configs for name in config.channels))


def segment_names(config: Config) -> tuple[str, ...]:
    """Names of the segments; a contact centre has one group, its contacts."""
    return tuple(config.segments) or ("contacts",)


def media_rate(config: Config, spend: float | None = None) -> float:
    """Paid newcomers a day by the saturating response a = ceiling (1 - exp(-k spend)).

    Source: Blattberg & Deighton (1996). Figures of the config are for 1,000 starting customers.
    """
    media = config.acquisition.media
    spend = media.spend_per_day if spend is None else spend
    if spend == 0 or media.ceiling_entrants_per_day == 0:
        return 0.0
    k = -math.log1p(-media.anchor_entrants_per_day / media.ceiling_entrants_per_day)
    k /= media.anchor_spend_per_day
    return media.ceiling_entrants_per_day * -math.expm1(-k * spend) * config.n_customers / 1000.0


def moved_links(config: Config) -> np.ndarray:
    """Which links anything in a baseline moves; only these get intercepts (neutral is exact)."""
    slope = config.satisfaction.total_effect.value
    share = config.satisfaction.share
    moved = np.zeros(len(LINKS), np.int64)
    goal = config.loyalty.earn_rate > 0 and config.loyalty.goal_gradient.value != 0
    lost = config.order.p_lost_after_lost_contact > 0
    offered = config.upsell.p_offer > 0 and config.upsell.rel_amount > 0
    if config.market.kind == "transactional":
        moved[L_RATE] = slope * share.rate != 0 or lost or goal
        moved[L_SPEND] = slope * share.spend != 0 or offered
    moved[L_EXIT] = slope * share.exit != 0
    moved[L_UPSELL] = slope * share.upsell != 0 and config.upsell.p_offer > 0
    moved[L_INVITATION] = slope * share.invitation != 0 and config.referral.invitations_per_journey > 0
    return moved


def make_rows(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """Parameter rows of shape (rows, segments); without effects, every link is cut."""
    names = segment_names(configs[0])
    rows = np.zeros((len(configs), len(names)), ROW)
    for r, config in enumerate(configs):
        for s, name in enumerate(names):
            _fill_world(rows[r, s], config, name)
            _fill_experience(rows[r, s], config, effects)
            _fill_relationship(rows[r, s], config, effects)
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
    row["memory_days"] = config.satisfaction.memory_weeks * 7.0
    row["memory_n0"] = config.satisfaction.memory_n0
    slope = config.satisfaction.total_effect.value if effects else 0.0
    share = config.satisfaction.share
    row["b_rate"], row["b_exit"] = slope * share.rate, -slope * share.exit
    row["b_spend"], row["b_upsell"] = slope * share.spend, slope * share.upsell
    row["b_invitation"] = slope * share.invitation
    row["choice_wait"] = config.choice.wait_weight_per_minute.value
    row["choice_effort"] = config.choice.effort_weight_per_minute.value
    row["survey_noise"] = config.survey.noise_sd


def _fill_relationship(row: np.void, config: Config, effects: bool) -> None:
    upsell, loyalty, referral = config.upsell, config.loyalty, config.referral
    row["p_offer"] = upsell.p_offer
    row["upsell_logit"] = math.log(upsell.p_accept / (1.0 - upsell.p_accept))
    row["rel_upsell"], row["fee_step"] = upsell.rel_amount, upsell.fee_step_per_period
    row["has_upsell_effect"] = 1.0 if effects else 0.0
    row["earn_rate"], row["points_per_unit"] = loyalty.earn_rate, loyalty.points_per_unit
    needed = loyalty.reward_value * loyalty.points_per_unit / loyalty.earn_rate if loyalty.earn_rate else 1.0
    row["reward_points"], row["p_enrol"] = max(1.0, round(needed)), loyalty.p_enrol
    row["p_redeem"], row["expiry_days"] = loyalty.p_redeem, loyalty.expiry_days
    row["goal_gradient"] = loyalty.goal_gradient.value if effects else 0.0
    row["reward_cost_share"] = loyalty.reward_cost_share
    lift = referral.bonus_lift.value * referral.bonus / (referral.bonus + referral.bonus_half)
    row["invitations"] = referral.invitations_per_journey * (1.0 + lift)
    row["p_convert"], row["referral_delay"] = referral.p_convert, referral.delay_days
    row["bonus"], row["friend_bonus"] = referral.bonus, referral.friend_bonus
    if not effects:
        row["p_lost"] = 0.0


def make_channels(configs: Sequence[Config]) -> np.ndarray:
    """Channel parameters of shape (rows, channels); a channel a row does not know has share 0."""
    names = channel_names(configs)
    channels = np.zeros((len(configs), len(names)), CHANNEL_RECORD)
    for r, config in enumerate(configs):
        for k, name in enumerate(names):
            known = config.channels.get(name)
            spec = known or next(c.channels[name] for c in configs if name in c.channels)
            _fill_channel(channels[r, k], spec, name)
            if known is None:
                channels[r, k]["share"] = 0.0
    return channels


def _fill_channel(channel: np.void, spec: Channel, name: str) -> None:
    is_staffed = spec.kind == "staffed"
    channel["kind"] = STAFFED if is_staffed else DIGITAL
    channel["serves_all"] = spec.at_close == "serve_all"
    channel["salt"] = decision(f"channel/{name}")
    channel["share"] = spec.share
    channel["session_days"] = spec.session_minutes / MINUTES_PER_DAY
    channel["p_failure"] = spec.p_failure
    channel["visit_cost"] = spec.cost_per_visit
    channel["handle_days"] = spec.handle_minutes / MINUTES_PER_DAY
    patience = spec.patience_minutes
    channel["patience_days"] = math.inf if patience is None else patience / MINUTES_PER_DAY
    channel["contact_fee"] = spec.fee_per_contact
    channel["wage_per_day"] = spec.wage_per_hour * 24.0
    channel["effort_minutes"] = spec.handle_minutes if is_staffed else spec.session_minutes
