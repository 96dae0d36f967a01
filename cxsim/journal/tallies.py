"""Counts and the ledger: whole numbers only, so that no order of adding can change a sum."""

from __future__ import annotations

import numpy as np

from cxsim.journal.compiling import compiled
from cxsim.journal.events import COUNTED_FROM, RECENT_FROM
from cxsim.journal.ticks import DAY
from cxsim.journal.words import CATEGORIES, GIFTS, SUBSIDIES

MONEY = 10_000
FRACTION = 2.0**32
# A bonus is a cost of recommendation, whoever gets it (the route's number is that of the customer's record).
REFERRAL_ROUTE = 1

COUNTERS = (
    "start", "acquired", "reactivated", "churned", "end", "retained", "repeaters",
    "purchases", "upsell_offers", "upsell_accepted", "invitations", "converted", "referred_revenue",
    "contacts", "waited", "wait_ticks", "abandoned", "closed", "visits", "failed_visits",
    "handle_ticks", "nps_answers", "promoters", "detractors", "csat_answers", "csat_satisfied",
    "csat_journey_answers", "csat_journey_satisfied", "ces_answers", "ces_sum", "needs", "judged",
    "active_ticks", "alive_end", "entered",
    "given_up", "late",
    "forgotten", "to_competitor", "prompts", "prompts_read", "prompted_needs", "automatic", "automatic_wrong",
    "wrong", "returned", "faults", "recovered", "unrecovered", "failures",
    "first_contacts", "first_resolved", "failure_contacts", "handoffs", "contexts_lost", "contacts_made",
    "journey_ticks", "effort_ticks", "call_backs", "retries", "knowledge_sum", "fit_sum", "n_fit",
    "accuracy_sum", "brand_days", "employee_days", "employees_left", "morale_sum", "pressure_sum", "n_pressure",
    "standard_sum", "team_days", "fatigue_sum", "stages_skipped",
    "channel_gap_sum", "n_channel_gaps", "attachment_sum",
    # loyalty programme
    "members_joined", "members_left", "tiers_reached", "tiers_lost", "tier_sum",
    # word of mouth
    "negative_talk", "ratings", "rating_sum", "reputation_sum", "contagion_sum", "n_contagion", "generation_sum",
    # prospects
    "prospects_lost", "prospects_returned", "prospect_journeys", "prospect_felt_sum",
    # voice of the customer
    "nps_asked", "true_promoters", "true_detractors", "true_answers", "loops_closed",
    # leaving and coming back
    "complaints", "complaints_unanswered", "response_ticks", "payments_failed", "payments_recovered",
    "left_by_payment", "left_to_rival", "save_offers", "saved_by_offer", "win_back_contacts", "won_back",
    "exits",
    # rivals
    "preference_sum", "experience_sum", "episodes", "service_quality_sum",
    # friction
    "request_steps", "solution_ticks",
    # offers
    "offer_ticks", "offer_labour", "first_order_ticks",
)
(N_START, N_ACQUIRED, N_REACTIVATED, N_CHURNED, N_END, N_RETAINED, N_REPEATERS,
 N_PURCHASES, N_UPSELL_OFFERS, N_UPSELL_ACCEPTED, N_INVITATIONS, N_CONVERTED, REFERRED_REVENUE,
 N_CONTACTS, N_WAITED, WAIT_TICKS, N_ABANDONED, N_CLOSED, N_VISITS, N_FAILED_VISITS,
 HANDLE_TICKS, N_NPS, N_PROMOTERS, N_DETRACTORS, N_CSAT, N_CSAT_SATISFIED,
 N_CSAT_JOURNEY, N_CSAT_JOURNEY_SATISFIED, N_CES, CES_SUM, N_NEEDS, N_JUDGED,
 ACTIVE_TICKS, N_ALIVE_END, N_ENTERED,
 N_GIVEN_UP, N_LATE,
 N_FORGOTTEN, N_TO_COMPETITOR, N_PROMPTS, N_PROMPTS_READ, N_PROMPTED_NEEDS, N_AUTOMATIC, N_AUTOMATIC_WRONG,
 N_WRONG, N_RETURNED, N_FAULTS, N_RECOVERED, N_UNRECOVERED, N_FAILURES,
 N_FIRST_CONTACTS, N_FIRST_RESOLVED, N_FAILURE_CONTACTS, N_HANDOFFS, N_CONTEXTS_LOST, N_CONTACTS_MADE,
 JOURNEY_TICKS, EFFORT_TICKS, N_CALL_BACKS, N_RETRIES, KNOWLEDGE_SUM, FIT_SUM, N_FIT,
 ACCURACY_SUM, BRAND_DAYS, EMPLOYEE_DAYS, N_EMPLOYEES_LEFT, MORALE_SUM, PRESSURE_SUM, N_PRESSURE,
 STANDARD_SUM, TEAM_DAYS, FATIGUE_SUM, N_STAGES_SKIPPED,
 CHANNEL_GAP_SUM, N_CHANNEL_GAPS, ATTACHMENT_SUM,
 N_MEMBERS_JOINED, N_MEMBERS_LEFT, N_TIERS_REACHED, N_TIERS_LOST, TIER_SUM,
 N_NEGATIVE_TALK, N_RATINGS, RATING_SUM, REPUTATION_SUM, CONTAGION_SUM, N_CONTAGION, GENERATION_SUM,
 N_PROSPECTS_LOST, N_PROSPECTS_RETURNED, N_PROSPECT_JOURNEYS, PROSPECT_FELT_SUM,
 N_NPS_ASKED, N_TRUE_PROMOTERS, N_TRUE_DETRACTORS, N_TRUE_ANSWERS, N_LOOPS_CLOSED,
 N_COMPLAINTS, N_UNANSWERED, RESPONSE_TICKS, N_PAYMENTS_FAILED, N_PAYMENTS_RECOVERED,
 N_LEFT_BY_PAYMENT, N_LEFT_TO_RIVAL, N_SAVE_OFFERS, N_SAVED_BY_OFFER, N_WIN_BACK_CONTACTS, N_WON_BACK, N_EXITS,
 PREFERENCE_SUM, EXPERIENCE_SUM, N_EPISODES, SERVICE_QUALITY_SUM,
 REQUEST_STEPS, SOLUTION_TICKS,
 OFFER_TICKS, OFFER_LABOUR, FIRST_ORDER_TICKS) = range(len(COUNTERS))

IS_REVENUE = np.array([bucket == "revenue" for _, bucket, _, _ in CATEGORIES])
IS_ACQUISITION = np.array([bucket == "acquisition" for _, bucket, _, _ in CATEGORIES])
IS_BONUS = np.array([name in ("referral_bonus", "friend_bonus") for name, _, _, _ in CATEGORIES])
IS_MARGIN = np.array([own for _, _, _, own in CATEGORIES])
IS_SUBSIDY = np.array([name in SUBSIDIES for name, _, _, _ in CATEGORIES])
NO_GIFT = -1
GIFT = np.array([GIFTS.index(name) if name in GIFTS else NO_GIFT for name, _, _, _ in CATEGORIES])


@compiled
def count(world, segment, tick, counter, amount):
    """Add a whole number to a counter in the month of a tick."""
    world.tally[segment, world.month_of_day[tick // DAY], counter] += amount


@compiled
def money(value):
    """An amount of account currency as a whole number of 1/10,000, rounded half to even.

    Examples
    --------
    >>> money(12.34565)
    123456
    """
    return int(np.rint(value * MONEY))


@compiled
def fraction(value):
    """A quality or a probability as a whole number of 2**-32, so that sums have no order."""
    return int(np.rint(value * FRACTION))


@compiled
def book_shared(world, tick, source, channel, category, n, amount):
    """Enter a flow that belongs to no customer (paid hours, media) into the ledger."""
    entry = world.ledger[tick // DAY, world.ledger.shape[1] - 1, source, channel, category]
    entry[0] += n
    entry[1] += amount


@compiled
def book(world, c, tick, channel, category, amount):
    """Enter a customer's flow into the ledger and, where it is his own, into his margin and subsidy.

    What is booked before the run is counted (`warmup_days`) stays out of his accounts.

    Reads: his entry, segment, source, route. Writes: ledger, costs of routes, his margin and subsidy,
    the margin by age.
    Returns: nothing. Draws: nothing.
    """
    day = tick // DAY
    entry = world.ledger[day, c.segment, c.source, channel, category]
    entry[0] += 1
    entry[1] += amount
    first = world.cursor[COUNTED_FROM]
    if IS_SUBSIDY[category] and tick >= first:
        c.subsidy += amount
        if GIFT[category] != NO_GIFT:
            c.gifts[GIFT[category]] += amount
    route = REFERRAL_ROUTE if IS_BONUS[category] else c.route
    if IS_ACQUISITION[category] and route >= 0:
        world.route_costs[day, route, category] += amount
    if not IS_MARGIN[category] or tick < first:
        return
    own = amount if IS_REVENUE[category] else -amount
    age = max(0, day - max(first // DAY, c.entry // DAY))
    c.margin += own
    c.margin_discounted += int(np.rint(own * world.discount[age]))
    if c.route >= 0 and c.since >= first:
        world.ages[c.route, c.segment, age] += own
    if tick >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, 0] += own
