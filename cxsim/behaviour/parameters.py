"""What a world is set to: the layouts of parameters, one record a row of active scenario parts.

Parameters are never written while a world runs. A mechanism with parameters of its own has a layout of its
own; its home in `cxsim.behaviour` reads it, its module in `cxsim.settings` fills it. All durations are days,
all rates per day, unless a name says otherwise.
"""

from __future__ import annotations

import numpy as np

# Parameters of one row (a set of active scenario parts) and segment.
ROW = np.dtype([(name, "f8") for name in (
    "share", "support_rate", "fee", "goods_share", "p_lost", "delivery_days", "p_late", "late_days",
    "use_days", "delivery_cost",
    "p_offer", "upsell_logit", "rel_upsell", "fee_step", "has_upsell_effect",
    "upsell_ladder", "upsell_maturity", "upsell_n0", "upsell_fit", "offer_minutes", "offer_cost",
    "w_effort", "w_wait", "w_failure", "w_fit", "effort_half", "wait_half", "noise_sd", "fit_logit",
    "fit_spread", "quality_weight", "loss_aversion", "sensitivity", "expectation_n0", "expectation_floor",
    "memory_days", "memory_n0", "b_rate", "b_exit", "b_spend", "b_upsell", "b_invitation",
    "choice_wait", "choice_effort", "spend_shape", "window_ticks",
    "renewal_ticks", "discount_per_day",
    # recognize: who notices a need, and what prompts do
    "p_forgotten", "p_competitor", "p_known", "recall", "prompt_days", "prompt_lift", "attention_wear",
    "reactance", "reactance_days", "prompt_cost",
    # request: habit and lost contacts in the choice, hand-offs, offers that wear out, priority
    "habit", "habit_memory", "lost_contact", "integration", "handoff_minutes", "w_handoff",
    "offer_wear", "offer_wear_days", "priority",
    # respond: wrong items, returns, faults, recovery
    "p_wrong", "p_return", "p_fault", "fault_days", "severity_spread",
    "p_recover", "recovery_gain", "recovery_delay", "recovery_days", "compensation",
    # repeat: peak-end, knowledge of the one and what it improves
    "mean_weight", "w_use", "leniency_sd", "weight_spread", "attachment_n0", "attachment_exit",
    "attachment_price", "known_n0", "known_days", "p_opt_out", "search_saving", "fit_gain", "delivery_saving",
    "handle_saving", "price_gain", "prompt_accuracy", "recognition",
    # automatic execution and inattention
    "p_consent", "confidence", "p_wrong_automatic", "wrong_tolerance", "attention", "shock_rate",
    "renewal_contacts", "renewal_notice_days", "n_touchpoints",
)], align=True)

# Whom a scenario part is for: sets of segments and sources as bits, ranges from (included) to (not included).
AUDIENCE = np.dtype([
    ("is_chosen", "i8"), ("moves", "i8"), ("segments", "i8"), ("sources", "i8"), ("salt", "i8"),
    ("has_tenure", "i8"), ("has_orders", "i8"), ("has_quiet", "i8"), ("has_satisfaction", "i8"),
    ("has_risk", "i8"),
    ("share", "f8"), ("tenure", "f8", (2,)), ("orders", "f8", (2,)), ("quiet", "f8", (2,)),
    ("satisfaction", "f8", (2,)), ("risk_cut", "f8"), ("insight", "f8"), ("score_days", "f8"),
], align=True)

# Parameters of one row and kind of journey.
JOURNEY_RECORD = np.dtype([
    ("rate", "f8"), ("p_further", "f8"), ("further_days", "f8"), ("response_days", "f8"),
], align=True)

# Parameters of one row and touchpoint: a capability beside the contact or the solution.
TOUCHPOINT_RECORD = np.dtype([
    ("salt", "i8"), ("stage", "i8"), ("channels", "i8"), ("kinds", "i8"), ("by_knowledge", "i8"),
    ("needs_known", "i8"), ("first_only", "i8"), ("offers_call_back", "i8"), ("after_failure", "i8"),
    ("steps", "i8"), ("reach", "f8"), ("minutes", "f8"), ("rel_minutes", "f8"), ("rel_response", "f8"),
    ("p_failure", "f8"),
    ("fit", "f8"), ("upsell", "f8"), ("conversion", "f8"), ("delight", "f8"), ("resolve", "f8"),
    ("rel_wait", "f8"), ("integration", "f8"), ("rel_failure", "f8"), ("recover", "f8"), ("teaches", "f8"),
    ("prompt_rate", "f8"), ("cost", "f8"),
], align=True)

# How a row's staff work; shared things follow the row of the day.
PRACTICE = np.dtype([(name, "f8") for name in (
    "quality_sd", "speed_sd", "learning", "experienced_after", "haste", "care", "erosion_days",
    "restoring_days", "fatigue_days", "fatigue_from", "fatigue_time", "fatigue_quality",
    "turnover_per_day", "turnover_fatigue", "turnover_morale", "morale_days", "morale_satisfaction",
    "morale_fatigue", "morale_quality", "training_quality", "training_rel_sd", "training_rel_time",
    "training_resolve", "hiring_cost", "knowledge_start", "knowledge_ceiling", "knowledge_scale",
    "knowledge_exponent", "knowledge_days",
)], align=True)

# Parameters of one row and channel.
CHANNEL_RECORD = np.dtype([
    ("kind", "i8"), ("serves_all", "i8"), ("salt", "i8"), ("share", "f8"), ("session_days", "f8"),
    ("p_failure", "f8"), ("visit_cost", "f8"), ("handle_days", "f8"), ("patience_days", "f8"),
    ("contact_fee", "f8"), ("wage_per_day", "f8"), ("effort_minutes", "f8"),
    ("handle_sigma", "f8"), ("p_resolved", "f8"), ("return_days", "f8"), ("p_retry", "f8"), ("retry_days", "f8"),
    ("call_back_days", "f8"),
], align=True)

# Parameters of one row and route by which newcomers come.
ROUTE = np.dtype([(name, "f8") for name in (
    "commission", "welcome_gift", "rel_rate", "rel_exit",
)], align=True)

# Parameters of one row's loyalty programme. Where there is no programme everything that acts is 0.
PROGRAMME = np.dtype([(name, "f8") for name in (
    # the account in points: what an order earns, what a point is worth, what a reward takes (0: no threshold)
    "is_on", "points_per_unit", "points_per_order", "point_value", "reward_points", "is_cashback", "p_enrol",
    "p_redeem", "expiry_days", "endowed_points", "reward_cost_share", "goal_gradient", "heavy_rate",
    # what being a member does
    "exit", "exit_days", "upsell_logit", "discount", "n_tiers", "tier_ticks", "tier_gradient",
    # the paid membership
    "p_join", "p_renew", "fee", "fee_days", "lift", "benefit_cost",
)], align=True)

# Parameters of one row's tier, from the lowest up; money is whole (1/10,000), priority -1 is nobody's.
TIER = np.dtype([
    ("from_spend", "i8"), ("cost_per_order", "i8"), ("priority", "i8"), ("rel_earn", "f8"), ("exit", "f8"),
    ("delight", "f8"),
], align=True)

# Parameters of one row's word of mouth.
TALK = np.dtype([(name, "f8") for name in (
    "invitations", "p_convert", "delay_days", "bonus", "friend_bonus",
    # of who was referred: relative spend as he enters, log hazard of leaving
    "referred_margin", "margin_days", "referred_exit",
    # negative talk, leaving that spreads (log multiplier), ratings in public
    "p_negative", "negative_below", "talk_days", "talk_effect", "contagion", "contagion_days", "acquaintances",
    "p_rating", "rating_days", "ratings_n0", "negative_weight", "rated_arrivals", "rated_conversion",
    # diffusion in a finite market, a day
    "bass_p", "bass_q", "bass_satisfaction",
)], align=True)

# Parameters of one row's leaving and coming back: payments, complaints, analytics, save offers, win-back.
LEAVING = np.dtype([(name, "f8") for name in (
    "p_failure", "p_recovered", "recovery_cost", "payment_hazard",
    "p_complain", "p_answered", "answer_days", "patience_days", "answer_gain", "gain_days", "answer_cost",
    "grievance",
    "insight", "known_days",
    "offer_share", "offer_cut", "offer_effect", "p_take", "discount", "most_offers",
    "reach", "quiet_days", "p_return", "return_satisfaction", "return_offer", "contact_cost", "most_contacts",
    "rel_hazard",
    # spent on everybody whenever he may leave, and the log of what it multiplies his hazard by
    "care_cost", "care_exit",
)], align=True)

# Parameters of one row's prospects.
PROSPECTS = np.dtype([(name, "f8") for name in (
    "p_convert", "logit", "slope", "pull", "p_return", "return_days",
)], align=True)

# Parameters of one row's surveys and what follows from an answer.
VOICE = np.dtype([(name, "f8") for name in (
    "noise", "share_asked", "p_answer", "answer_logit", "bias", "extremes",
    "loop_reach", "loop_below", "loop_delay", "loop_gain", "loop_cost",
)], align=True)

# Parameters of one row's prices and rivals; the days themselves are in `season`, `price`, `demand`, `rival`.
OUTSIDE = np.dtype([(name, "f8") for name in (
    "is_daily", "highest", "farthest", "rival_weight", "exit_elasticity", "p_need", "need_logit", "rival_pull",
)], align=True)
