"""What is known of a customer and of his world: the layouts that both engines carry (parameters: `parameters`)."""

from __future__ import annotations

import numpy as np

from cxsim.journal.words import GIFTS

# Status of a life.
PROSPECT, CUSTOMER, GONE, GHOST = range(4)

# What happens next to a customer (engines wake him for it).
(ENTER, RECOGNIZE, CHOOSE, ARRIVE, LEAVE_QUEUE, FINISH, DELIVER, REPEAT, RENEW, REST, WIN_BACK) = range(11)

# How a contact ended.
SERVED, ABANDONED, CLOSED, FAILED, UNRESOLVED = range(5)

# Kinds of market and, in the same order, the kind of journey its customers make.
TRANSACTIONAL, SUBSCRIPTION, CONTACT_CENTRE = range(3)

# Kinds of channel.
DIGITAL, STAFFED = range(2)
MOST_CHANNELS = 12

# Kinds of journey: the buyer's first, then the owner's.
JOURNEYS = ("purchase", "troubleshoot", "upgrade", "move", "renew", "evaluate")
PURCHASE, TROUBLESHOOT, UPGRADE, MOVE, RENEWAL, EVALUATE = range(len(JOURNEYS))
# Needs beside the clock wait by kind of journey, and after these the fault of something bought.
FAULT = len(JOURNEYS)
N_BESIDE = len(JOURNEYS) + 1
# A waiting need is its kind, plus this when it would not have arisen without a prompt.
PROMPTED = 8

# What makes an episode good or bad.
CAUSES = ("effort", "wait", "failure", "fit", "handoff", "employee", "touchpoint")
(BY_EFFORT, BY_WAIT, BY_FAILURE, BY_FIT, BY_HANDOFF, BY_EMPLOYEE, BY_TOUCHPOINT) = range(len(CAUSES))

# Routes by which newcomers come; the paid ones follow, in the order of their names.
ROUTES = ("organic", "referral")
R_ORGANIC, R_REFERRAL, R_PAID = range(3)
NO_ROUTE = -1

# What is counted of every place where customers meet the brand.
FELT = ("episodes", "satisfaction", "quality", "satisfied", "ticks", "failures", "steps")
F_EPISODES, F_SATISFACTION, F_QUALITY, F_SATISFIED, F_TICKS, F_FAILURES, F_STEPS = range(len(FELT))

# Figures of the brand that are published at midnight.
BRAND = ("learned", "accuracy", "talk", "rated", "ratings", "reputation", "pull", "adopters", "mood_sum", "moods",
         "mood")
(B_LEARNED, B_ACCURACY, B_TALK, B_RATED, B_RATINGS, B_REPUTATION, B_PULL, B_ADOPTERS, B_MOOD_SUM, B_MOODS,
 B_MOOD) = range(len(BRAND))

# Links from satisfaction (and other effects) to behaviour.
LINKS = ("rate", "exit", "spend", "upsell", "invitation", "conversion")
L_RATE, L_EXIT, L_SPEND, L_UPSELL, L_INVITATION, L_CONVERSION = range(len(LINKS))
EXIT_BINS = 15

# Read-outs whose mean and spread the reference fixes.
MOMENTS = ("quality", "satisfaction", "journey", "contact", "effort", "response")
M_QUALITY, M_SATISFACTION, M_JOURNEY, M_CONTACT, M_EFFORT, M_RESPONSE = range(len(MOMENTS))

# Surveys and their cut points.
NPS, CSAT, CSAT_JOURNEY, CES = range(4)

# Quantile tables: the normal one first, then these of each segment.
T_NORMAL, T_RATE, T_EXIT, T_SPEND_SCALE, T_SPEND = range(5)
TABLES_PER_SEGMENT = 4

N_WAITING = 8

# One packed record a customer: what nearly every event reads stands first, in neighbouring cache lines.
CUSTOMER_RECORD = np.dtype([
    # identity, and what the engine needs to wake him
    ("id", "i8"), ("at", "i8"), ("sequence", "i4"), ("stamp", "i4"),
    ("stage", "i1"), ("status", "i1"), ("segment", "i2"), ("row", "i2"), ("channel", "i2"),
    ("source", "i1"), ("is_logged", "i1"), ("route", "i2"), ("journey", "i4"),
    ("queue_next", "i4"), ("queue_previous", "i4"), ("queue_class", "i2"), ("n_waiting", "i1"), ("kind", "i1"),
    ("n_contacts", "i2"), ("n_felt", "i2"), ("attempt", "i4"), ("failures", "i4"), ("employee", "i4"),
    ("is_ordered", "i1"), ("is_automatic", "i1"), ("is_prompted", "i1"), ("knows_need", "i1"),
    ("is_further", "i1"), ("is_counted", "i1"), ("is_back", "i1"), ("called_back", "i1"),
    ("last_channel", "i2"), ("lost_at", "i2"), ("met_at", "i2"), ("context", "i2"),
    ("contact_steps", "i2"), ("n_wrong", "i2"),
    # what may fall due before anything else happens (ticks)
    ("next_renewal", "i8"), ("expires_at", "i8"), ("year_end", "i8"), ("fee_at", "i8"), ("prompt_at", "i8"),
    ("loop_at", "i8"), ("contact_at", "i8"), ("fee_step", "i8"), ("boundary", "i2"), ("repeat_month", "i2"),
    ("n_taken", "i2"), ("n_enrolled", "i2"),
    # traits and life
    ("rate", "f8"), ("exit_hazard", "f8"), ("spend_scale", "f8"), ("life_left", "f8"),
    ("entry", "i8"), ("last_order", "i8"), ("left", "i8"), ("since", "i8"),
    ("exposures", "i4"), ("n_orders", "i4"),
    # need clock: needs that wait, by tick and kind; streams beside it: next tick and how many there were
    ("need_left", "f8"), ("need_clock", "i8"), ("n_needs", "i4"), ("n_judged", "i4"),
    ("waiting", "i8", (N_WAITING,)), ("waiting_kind", "i1", (N_WAITING,)),
    ("other_at", "i8", (N_BESIDE,)), ("other_n", "i4", (N_BESIDE,)), ("n_prompts", "i4"),
    # memory
    ("satisfaction", "f8"), ("judged_at", "i8"), ("expectation", "f8"), ("known", "f8"), ("known_at", "i8"),
    ("surplus", "f8"), ("met_quality", "f8"), ("habit", "f8", (MOST_CHANNELS,)),
    # the journey under way, and its contact
    ("need_tick", "i8"), ("started", "i8"), ("joined", "i8"), ("wait_ticks", "i8"), ("contact_wait", "i8"),
    ("effort_minutes", "f8"), ("contact_minutes", "f8"), ("fit", "f8"), ("pressure", "f8"), ("ordered", "i8"),
    # what was felt in the journey so far, as it was and as it had been without failures
    ("quality_sum", "f8"), ("felt_sum", "f8"), ("felt_peak", "f8"), ("felt_end", "f8"),
    ("calm_sum", "f8"), ("calm_peak", "f8"), ("calm_end", "f8"), ("gain", "f8"), ("treat", "f8"), ("taught", "f8"),
    # accounts
    ("margin", "i8"), ("margin_discounted", "i8"), ("residual", "i8"), ("subsidy", "i8"), ("counted_from", "i8"),
    ("gifts", "f4", (len(GIFTS),)), ("orders_before", "i4"), ("was_active", "i1"), ("was_active_first", "i1"),
    ("has_repeated", "i1"), ("is_enrolled", "i1"),
    # subscription, points, tiers, paid membership (ticks: 0 = none); `earned` are points of this journey's order
    ("n_renewals", "i4"), ("n_fees", "i2"), ("tier", "i2"), ("year_tier", "i2"), ("n_save_offers", "i2"),
    ("n_shocks", "i4"), ("points", "i8"), ("bonus", "i8"), ("earned", "i8"), ("joined_at", "i8"),
    ("year_spend", "i8"),
    # prompts he got, offers he was made, and what comes unforeseen
    ("prompted_at", "i8"), ("signal", "f8"), ("offered_at", "i8"), ("offer_heat", "f8"),
    ("shock_at", "i8"), ("deferred", "f8"),
    # word of mouth: lineage (places in the array, -1 for nobody), contagion
    ("parent", "i8"), ("referrer_left", "i8"), ("friend_bonus", "i8"), ("tie_loss", "f8"), ("tie_loss_at", "i8"),
    ("generation", "i2"), ("n_attempts", "i2"), ("referrer", "i4"), ("first_friend", "i4"), ("next_friend", "i4"),
    ("next_departed", "i4"), ("n_ties_lost", "i4"),
    ("is_missed", "i1"), ("is_declined", "i1"), ("returns", "i1"), ("as_prospect", "i1"), ("n_returns", "i2"),
    ("reached", "i1"),
    # prospects; leaving and coming back; a call he will get about his answer
    ("grievance", "f8"), ("save_offer", "i8"), ("return_offer", "i8"),
], align=True)

# A person who serves, and the team of a channel (live counts, published figures, sums of the day).
EMPLOYEE = np.dtype([
    ("id", "i8"), ("generation", "i8"), ("n_served", "i8"), ("idle_since", "i8"), ("is_busy", "i8"),
    ("worked", "i8"), ("quality", "f8"), ("speed", "f8"), ("fatigue", "f8"), ("stay_left", "f8"),
], align=True)
TEAM = np.dtype([
    ("on_duty", "i8"), ("waiting", "i8"), ("busy", "i8"), ("standard", "f8"), ("morale", "f8"),
    ("n_served", "i8"), ("time_sum", "i8"), ("felt_sum", "i8"), ("n_felt", "i8"),
], align=True)

# What is known, at a channel, of the contacts of simulated customers, so that ghosts can be like them: figures
# that fade, then the sums since midnight. `others` are those left out for each one simulated.
N_CLASSES = 10
CROWD = np.dtype([
    ("others", "f8"), ("days", "f8"), ("seen", "f8"), ("usual", "f8"), ("handled", "f8"), ("nominal", "f8"),
    ("offered", "f8"), ("classes", "f8", (N_CLASSES,)),
    ("seen_today", "i8"), ("usual_today", "f8"), ("handled_today", "i8"), ("nominal_today", "i8"),
    ("offered_today", "i8"), ("classes_today", "i8", (N_CLASSES,)),
], align=True)

# A layer of arrivals: a keyed Poisson process of candidates, some of whom enter. With a route, members of a
# finite market in the order in which their budgets of that route run out.
STREAM = np.dtype([
    ("id", "i8"), ("tick", "i8"), ("rate", "f8"), ("number", "i8"), ("source", "i8"), ("layer", "i8"),
    ("channel", "i8"), ("arrivals", "i8"), ("route", "i8"), ("member", "i8"), ("opened", "i8"), ("spent", "f8"),
    ("won_by", "i8"),
], align=True)

# The arrays a world holds. `rows` and the like are parameters and are never written.
WORLD_FIELDS = {
    "customers": "CUSTOMER_RECORD, one a customer",
    "rows": "ROW [row, segment]",
    "channels": "CHANNEL_RECORD [row, channel]",
    "day_row": "i8 [day] the row that shared things (doors, staff, media) follow on a day",
    "journeys": "JOURNEY_RECORD [row, kind]",
    "weights": "f8 [row, kind, channel] log weight of a channel for a kind of journey",
    "touchpoints": "TOUCHPOINT_RECORD [row, touchpoint]",
    "practice": "PRACTICE [row]",
    "programme": "PROGRAMME [row]",
    "tiers": "TIER [row, level]",
    "talk": "TALK [row]",
    "leaving": "LEAVING [row]",
    "voice": "VOICE [row]",
    "prospects": "PROSPECTS [row]",
    "outside": "OUTSIDE [row] prices and rivals",
    "season": "f8 [day] log weight of own needs",
    "price": "f8 [row, day] log price level",
    "demand": "f8 [row, day] log multiplier of purchase needs by prices",
    "rival": "f8 [row, day] quality of the rival in s.d.",
    "teams": "TEAM, one a channel",
    "employees": "EMPLOYEE [channel, number]",
    "crowd": "CROWD, one a channel; empty where everybody is simulated",
    "contacts": "i8 [day, channel, hour] contacts by hour of joining; no days where they are not measured",
    "usual": "f8 [channel, weekday, hour] simulated contacts in the reference; empty as the crowd",
    "trend": "f8 [channel, bin] usual contacts of a day against their mean, by 28 days of the calendar",
    "ghosts": "f8 [channel, hour] ghosts expected today",
    "brand": "f8 [figure] published at midnight",
    "risks": "i8 [live + published, bin] customers by hazard of leaving; published: how many lie below",
    "today": "i8 [figure] sums since midnight behind the published figures",
    "felt": "i8 [month, place, what] places: channels, the solution, touchpoints",
    "pains": "i8 [month, place, cause, 2] quality lost and gained, in 2**-32",
    "touch_costs": "i8 [day, segment + shared, source, touchpoint, 2] count and money",
    "touch_fixed": "i8 [day, touchpoint] running cost, in 1/10,000 of the currency",
    "training_cost": "i8 [day, channel] in 1/10,000 of the currency",
    "integration_cost": "i8 [day, channel] in 1/10,000 of the currency",
    "hours": "f8 [row, channel, weekday, 25] cumulative share of contacts by hour",
    "staff_hours": "i8 [day, channel] paid ticks",
    "places": "i8 [day, channel] most employees on duty at one time",
    "staff_cost": "i8 [day, channel] paid hours, in 1/10,000 of the currency",
    "routes": "ROUTE [row, route]",
    "media_cost": "i8 [day, paid route]",
    "programme_cost": "i8 [day]",
    "streams": "STREAM, one a layer of arrivals",
    "arrivals": "f8 [source row, day] newcomers a day",
    "pulls": "f8 [day] what talk and ratings multiply organic arrivals by",
    "members": "i1 [member] whether a member of the finite market has entered; empty where it is endless",
    "pool_budgets": "f8 [route, member] unit exponentials to be spent by the hazard of adoption",
    "pool_order": "i8 [route, member] members by budget",
    "kappa": "f8 [link, segment, group, bin] intercepts of the reference",
    "is_moved": "i8 [link] whether anything moves this link",
    "anchor": "f8 [segment, kind of journey, read-out, 2] mean and spread in the baseline",
    "cuts": "f8 [segment, survey, 10] cut points of the read-outs",
    "quantiles": "f8 [table, knot, 2] value and slope",
    "segment_ids": "i8 [segment] decision number of each segment's name",
    "part_ids": "i8 [part] decision number of each scenario part",
    "audience": "AUDIENCE [part] whom each scenario part is for",
    "ramp": "f8 [part, day] share of customers exposed",
    "keys": "u8 [domain]",
    "waits": "f8 [channel, hour] published mean wait in minutes",
    "replayed": "f8 [channel, hour] mean wait in minutes, replayed in place of queues; empty: desks as ever",
    "wait_sums": "i8 [channel, hour, 4] contacts and ticks since the last midnight, and before it",
    "month_of_day": "i8 [day]",
    "month_starts": "i8 [months + 1] ticks",
    "discount": "f8 [day]",
    "cursor": "i8, see journal.events",
    "events": "EVENT",
    "tally": "i8 [segment + shared, months + 1, counter]; the last month is the total",
    "ledger": "i8 [day, segment + shared, source, channel + none, category, 2]",
    "points": "i8 [day, segment, 4] issued, redeemed, expired, cancelled",
    "active": "i8 [segment, source] ticks in which customers were active",
    "ages": "i8 [route, segment, day] margin of acquired customers by age",
    "route_costs": "i8 [day, route, category] spent to win people, in 1/10,000 of the currency",
    "moments": "i8 [segment, kind of journey, read-out, 3] count, sum, sum of squares",
    "exposures": "i8 [link, segment, group, bin, 3] sums of chances: with effects, without, fixed part",
    "recent": "i8 [segment, 7] figures of the last 90 days for residual values",
}
