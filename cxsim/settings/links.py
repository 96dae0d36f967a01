"""Which links of a baseline anything moves: only these get intercepts."""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.state import L_CONVERSION, L_EXIT, L_INVITATION, L_RATE, L_SPEND, L_UPSELL, LINKS
from cxsim.settings.prospect_rows import has_programme
from cxsim.settings.schema import Config


def moved_links(config: Config) -> np.ndarray:
    """Which links anything in a baseline moves; only these get intercepts (neutral is exact).

    Returns
    -------
    array of int64, shape (links,)
        In the order of :data:`cxsim.behaviour.state.LINKS`; 1 where satisfaction, a lost order, a
        forgotten need, prompts, inattention, knowledge, offers, a loyalty programme, failed payments or
        complaints would move the baseline off its history.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> moved_links(load(["market=contact_centre"])).tolist()
    [0, 0, 0, 0, 0, 0]
    """
    slope = config.satisfaction.total_effect.value
    share = config.satisfaction.share
    moved = np.zeros(len(LINKS), np.int64)
    prompted = _has_prompts(config)
    if config.market.kind == "transactional":
        lost = config.order.p_lost_after_lost_contact > 0
        goal = config.loyalty.moves_rate
        lifted = prompted and config.coaching.lift.value != 0
        moved[L_RATE] = slope * share.rate != 0 or lost or goal or lifted
        moved[L_SPEND] = slope * share.spend != 0 or _spend_moves(config)
    if config.market.kind != "contact_centre":
        moved[L_RATE] |= config.needs.p_forgotten > 0
        moved[L_RATE] |= config.competitor.p_need > 0 and config.market.kind == "transactional"
        moved[L_EXIT] = prompted and config.coaching.reactance.value != 0
        moved[L_EXIT] |= config.loyalty.moves_exit(config.market.kind == "subscription")
        moved[L_EXIT] |= ties_move(config)
    if config.market.kind == "subscription":
        moved[L_EXIT] |= config.automatic.attention.value != 1.0
    if config.market.kind != "contact_centre":
        moved[L_EXIT] |= _leaving_moves(config)
    moved[L_EXIT] |= slope * share.exit != 0 or config.attachment.exit.value != 0
    moved |= _moved_by_price(config)
    moved[L_RATE] |= _routes_differ(config, "rel_rate")
    moved[L_EXIT] |= _routes_differ(config, "rel_exit")
    moved[L_UPSELL] = (slope * share.upsell != 0 or _offers_move(config)) and _has_offers(config)
    talked = slope * share.invitation != 0 or _warns(config)
    moved[L_INVITATION] = talked and config.referral.invitations_per_journey > 0
    moved[L_CONVERSION] = config.prospects.p_convert < 1.0 and (
        slope * share.conversion != 0 or _prospects_move(config))
    return moved


def _prospects_move(config: Config) -> bool:
    """Whether a programme, a touchpoint, ratings or a lost contact moves how many prospects are convinced."""
    helped = any(t.reach > 0 and t.conversion.value != 0 for t in config.touchpoints.values())
    drawn = config.prospects.loyalty_pull.value != 0 and has_programme(config)
    rated = config.reputation.p_rating > 0 and config.reputation.conversion.value != 0
    return helped or drawn or rated or config.order.p_lost_after_lost_contact > 0


def _moved_by_price(config: Config) -> np.ndarray:
    """Links that prices other than those of history move; a subscriber's fee is its own, no link."""
    moved, price = np.zeros(len(LINKS), np.int64), config.price
    if price.level == 1.0 and price.promotion.days * price.promotion.discount == 0:
        return moved
    if config.market.kind == "transactional":
        moved[L_SPEND] = 1
        moved[L_RATE] = price.elasticity.value != 0
    if config.market.kind != "contact_centre":
        moved[L_EXIT] = price.exit_elasticity.value != 0
    return moved


def pulls_arrivals(config: Config) -> bool:
    """Whether talk or ratings move those who come by themselves in a baseline.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> pulls_arrivals(load()), pulls_arrivals(load(["reputation.p_rating=0.1", "reputation.arrivals=0.2"]))
    (False, True)
    """
    rated = config.reputation.p_rating > 0 and config.reputation.arrivals.value != 0
    return config.market.kind != "contact_centre" and (rated or _warns(config))


def _warns(config: Config) -> bool:
    return config.talk.p_negative > 0 and config.talk.effect.value != 0


def _refers(config: Config) -> bool:
    return config.referral.invitations_per_journey > 0 and config.referral.p_convert > 0


def ties_move(config: Config) -> bool:
    """Whether ties who leave, or having been referred, move leaving."""
    spreads = config.contagion.multiplier.value != 1.0 and (config.contagion.acquaintances > 0 or _refers(config))
    return spreads or (_refers(config) and config.referral.referred_exit.value != 1.0)


def leaves_apart(config: Config) -> bool:
    """Whether newcomers need intercepts of leaving of their own: what moves it acts otherwise on them.

    Ties who leave act by the calendar, having been referred on newcomers alone, and a failing payment takes
    the same share of those whose own hazard is high (newcomers) and low. Newcomers may join a loyalty programme
    with their first payment, starters only with one in the run.
    """
    fails = config.market.kind == "subscription" and config.payment.p_failure > 0
    joins = config.loyalty.moves_exit(config.market.kind == "subscription")
    return ties_move(config) or fails or joins


def _routes_differ(config: Config, name: str) -> bool:
    """Whether a paid route in use wins people unlike the others."""
    return any(r.spend_per_day > 0 and getattr(r, name).value != 1.0 for r in config.acquisition.values())


def _has_prompts(config: Config) -> bool:
    return any(t.reach > 0 and t.prompts_per_year > 0 for t in config.touchpoints.values())


def _leaving_moves(config: Config) -> bool:
    """Whether failed payments, unanswered complaints or save offers move who leaves."""
    unpaid = config.payment.p_failure > 0 and config.payment.p_recovered < 1
    late = config.complaints.p_answered < 1 or config.complaints.answer_hours > 0
    aggrieved = config.complaints.p_complain > 0 and config.complaints.p_exit.value > 0 and late
    saved = config.save_offers.share > 0 and config.save_offers.effect.value > 0
    return unpaid or aggrieved or saved


def _spend_moves(config: Config) -> bool:
    """Whether offers, knowledge or returned goods move what an order brings."""
    offered = config.upsell.p_offer > 0 and config.upsell.rel_amount > 0
    wrong = config.delivery.p_wrong > 0 or config.automatic.p_consent * config.automatic.p_wrong > 0
    returned = wrong and config.delivery.p_return > 0
    referred = _refers(config) and config.referral.referred_margin.value != 0
    dearer = referred or config.knowledge.price_gain.value != 0 or config.attachment.price.value != 0
    return offered or returned or dearer


def _offers_move(config: Config) -> bool:
    """Whether wear-out, demand maturity, fit, a touchpoint or exclusive offers move the acceptance of offers."""
    helped = any(t.reach > 0 and t.upsell.value != 0 for t in config.touchpoints.values())
    exclusive = config.loyalty.has_members and config.loyalty.exclusive_upsell.value != 0
    ripens = config.upsell.maturity.value != 0 or config.upsell.fit_weight.value != 0
    return helped or exclusive or ripens or config.upsell.wear_out.value != 0


def _has_offers(config: Config) -> bool:
    """Whether offers are made: beside a request, or to a subscriber who comes for an upgrade."""
    upgrades = config.market.kind == "subscription" and config.journeys.upgrade.needs_per_year > 0
    return config.upsell.p_offer > 0 or upgrades
