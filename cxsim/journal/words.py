"""The words of the event log and of the ledger, each with its code. Order is free; names are kept."""

from __future__ import annotations

STAGES = ("recognize", "request", "respond", "repeat")

# code -> (stage, event, outcome)
EVENT_WORDS = (
    ("recognize", "need", "noticed"),
    ("request", "choice", "channel"),
    ("request", "queue", "joined"),
    ("request", "queue", "served"),
    ("request", "queue", "abandoned"),
    ("request", "queue", "closed"),
    ("request", "service", "resolved"),
    ("request", "service", "failed"),
    ("request", "search", ""),
    ("request", "offer", "taken"),
    ("request", "offer", "refused"),
    ("request", "offer", "unseen"),
    ("request", "order", "paid"),
    ("request", "order", "given_up"),
    ("respond", "delivery", "right"),
    ("respond", "delivery", "late"),
    ("respond", "use", "enjoyed"),
    ("repeat", "judge", ""),
    ("repeat", "survey", "answered"),
    ("repeat", "points", "earned"),
    ("repeat", "points", "redeemed"),
    ("repeat", "points", "expired"),
    ("repeat", "invite", "sent"),
    ("repeat", "invite", "converted"),
    ("repeat", "exit", "left"),
    ("repeat", "exit", "cancelled"),
    ("recognize", "need", "prompted"),
    ("recognize", "need", "forgotten"),
    ("recognize", "need", "competitor"),
    ("recognize", "need", "auto"),
    ("recognize", "prompt", "read"),
    ("recognize", "prompt", "ignored"),
    ("request", "queue", "call_back"),
    ("request", "service", "unresolved"),
    ("request", "handoff", "kept"),
    ("request", "handoff", "lost"),
    ("respond", "delivery", "wrong"),
    ("respond", "delivery", "returned"),
    ("respond", "use", "fault"),
    ("respond", "recovery", "made"),
    ("respond", "recovery", "missed"),
    ("recognize", "touchpoint", "used"),
    ("request", "touchpoint", "used"),
    ("respond", "touchpoint", "used"),
    ("repeat", "touchpoint", "used"),
    ("request", "order", "declined"),
    ("repeat", "points", "cancelled"),
    ("repeat", "membership", "joined"),
    ("repeat", "membership", "renewed"),
    ("repeat", "membership", "lapsed"),
    ("repeat", "tier", "reached"),
    ("repeat", "tier", "lost"),
    ("repeat", "talk", "negative"),
    ("repeat", "rating", "posted"),
    ("repeat", "survey", "silent"),
    ("repeat", "loop", "closed"),
    ("repeat", "complaint", "made"),
    ("repeat", "complaint", "answered"),
    ("repeat", "complaint", "unanswered"),
    ("repeat", "payment", "failed"),
    ("repeat", "payment", "recovered"),
    ("repeat", "exit", "payment_failed"),
    ("repeat", "exit", "to_rival"),
    ("repeat", "save_offer", "made"),
    ("repeat", "win_back", "contacted"),
    ("repeat", "return", "won_back"),
)
(NEED_NOTICED, CHOICE_CHANNEL, QUEUE_JOINED, QUEUE_SERVED, QUEUE_ABANDONED, QUEUE_CLOSED,
 SERVICE_RESOLVED, SERVICE_FAILED, SEARCH, OFFER_TAKEN, OFFER_REFUSED, OFFER_UNSEEN,
 ORDER_PAID, ORDER_GIVEN_UP, DELIVERY_RIGHT, DELIVERY_LATE, USE_ENJOYED, JUDGE,
 SURVEY_ANSWERED, POINTS_EARNED, POINTS_REDEEMED, POINTS_EXPIRED, INVITE_SENT,
 INVITE_CONVERTED, EXIT_LEFT, EXIT_CANCELLED, NEED_PROMPTED, NEED_FORGOTTEN, NEED_COMPETITOR, NEED_AUTO,
 PROMPT_READ, PROMPT_IGNORED, QUEUE_CALL_BACK, SERVICE_UNRESOLVED, HANDOFF_KEPT, HANDOFF_LOST, DELIVERY_WRONG,
 DELIVERY_RETURNED, USE_FAULT, RECOVERY_MADE, RECOVERY_MISSED, USED_RECOGNIZE, USED_REQUEST, USED_RESPOND,
 USED_REPEAT, ORDER_DECLINED, POINTS_CANCELLED, MEMBERSHIP_JOINED, MEMBERSHIP_RENEWED, MEMBERSHIP_LAPSED,
 TIER_REACHED, TIER_LOST, TALK_NEGATIVE, RATING_POSTED, SURVEY_SILENT, LOOP_CLOSED, COMPLAINT_MADE,
 COMPLAINT_ANSWERED, COMPLAINT_UNANSWERED, PAYMENT_FAILED, PAYMENT_RECOVERED, EXIT_PAYMENT_FAILED, EXIT_TO_RIVAL,
 SAVE_OFFER_MADE, WIN_BACK_CONTACTED, RETURN_WON_BACK) = range(len(EVENT_WORDS))

SOURCES = ("start", "organic", "paid", "referral", "contact", "shared")
START, ORGANIC, PAID, REFERRAL, CONTACT, SHARED = range(len(SOURCES))

BUCKETS = ("revenue", "goods", "acquisition", "retention", "reward", "service")

# code -> (category, bucket, owner, whether it counts in a customer's own margin)
CATEGORIES = (
    ("order", "revenue", "sales", True),
    ("upsell", "revenue", "sales", True),
    ("subscription", "revenue", "sales", True),
    ("goods", "goods", "product", True),
    ("media", "acquisition", "advertising", False),
    ("referral_bonus", "acquisition", "marketing", False),
    ("prospect_minutes", "acquisition", "sales", False),
    ("programme", "retention", "marketing", False),
    ("reward_redeemed", "reward", "marketing", True),
    ("staff", "service", "support", False),
    ("contact_fee", "service", "support", True),
    ("visit", "service", "e-commerce", True),
    ("delivery", "service", "logistics", True),
    ("refund", "revenue", "sales", True),
    ("returned_goods", "goods", "logistics", True),
    ("compensation", "service", "support", True),
    ("touchpoint", "service", "marketing", True),
    ("touchpoint_fixed", "service", "marketing", False),
    ("training", "service", "people", False),
    ("hiring", "service", "people", False),
    ("outreach", "retention", "marketing", True),
    ("membership_fee", "revenue", "marketing", True),
    ("exclusive_offer", "reward", "marketing", True),
    ("member_benefit", "reward", "marketing", True),
    ("friend_bonus", "acquisition", "marketing", False),
    ("commission", "acquisition", "partner", False),
    ("welcome_gift", "acquisition", "marketing", False),
    ("save_offer", "retention", "marketing", True),
    ("win_back", "retention", "marketing", True),
    ("close_the_loop", "retention", "support", True),
    ("payment_recovery", "retention", "finance", True),
    ("complaint_handling", "service", "support", True),
    ("offer", "service", "sales", True),
    ("integration", "service", "IT", False),
)

# Money given to customers so that they stay, come back, buy more or bring others. What of it goes to those who
# would have done so anyway is leakage.
SUBSIDIES = ("reward_redeemed", "exclusive_offer", "member_benefit", "save_offer", "win_back", "referral_bonus",
             "friend_bonus", "welcome_gift")
# Those a customer can be given again and again; the others are bonuses, given once, as he is won.
GIFTS = ("reward_redeemed", "exclusive_offer", "member_benefit", "save_offer", "win_back")

# Departments that own touchpoints, each under one of the five Ps.
OWNERS = {
    "product": "product", "IT": "product", "support": "product", "finance": "price", "sales": "price",
    "marketing": "promotion", "advertising": "promotion", "public relations": "promotion", "retail": "place",
    "e-commerce": "place", "logistics": "place", "partner": "place", "people": "people", "management": "people",
}
(C_ORDER, C_UPSELL, C_SUBSCRIPTION, C_GOODS, C_MEDIA, C_REFERRAL_BONUS, C_PROSPECT_MINUTES,
 C_PROGRAMME, C_REWARD, C_STAFF, C_CONTACT_FEE, C_VISIT, C_DELIVERY, C_REFUND, C_RETURNED_GOODS,
 C_COMPENSATION, C_TOUCHPOINT, C_TOUCHPOINT_FIXED, C_TRAINING, C_HIRING, C_OUTREACH, C_MEMBERSHIP_FEE,
 C_EXCLUSIVE_OFFER, C_MEMBER_BENEFIT, C_FRIEND_BONUS, C_COMMISSION, C_WELCOME_GIFT, C_SAVE_OFFER, C_WIN_BACK,
 C_CLOSE_THE_LOOP, C_PAYMENT_RECOVERY, C_COMPLAINT_HANDLING, C_OFFER, C_INTEGRATION) = range(len(CATEGORIES))
