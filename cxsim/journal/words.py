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
)
(NEED_NOTICED, CHOICE_CHANNEL, QUEUE_JOINED, QUEUE_SERVED, QUEUE_ABANDONED, QUEUE_CLOSED,
 SERVICE_RESOLVED, SERVICE_FAILED, SEARCH, OFFER_TAKEN, OFFER_REFUSED, OFFER_UNSEEN,
 ORDER_PAID, ORDER_GIVEN_UP, DELIVERY_RIGHT, DELIVERY_LATE, USE_ENJOYED, JUDGE,
 SURVEY_ANSWERED, POINTS_EARNED, POINTS_REDEEMED, POINTS_EXPIRED, INVITE_SENT,
 INVITE_CONVERTED, EXIT_LEFT, EXIT_CANCELLED) = range(len(EVENT_WORDS))

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
)
(C_ORDER, C_UPSELL, C_SUBSCRIPTION, C_GOODS, C_MEDIA, C_REFERRAL_BONUS, C_PROSPECT_MINUTES,
 C_PROGRAMME, C_REWARD, C_STAFF, C_CONTACT_FEE, C_VISIT, C_DELIVERY) = range(len(CATEGORIES))
