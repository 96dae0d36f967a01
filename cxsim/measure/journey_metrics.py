"""Journeys from end to end: needs, prompts, what is known of the customer, failure demand, friction."""

from __future__ import annotations

import numpy as np

from cxsim.journal.tallies import FRACTION
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

METRICS = (
    Metric("needs_per_customer_year", "needs per customer-year", 1,
           "Needs that arose, per year that a customer was active, noticed or not.",
           "needs / (active_customer_days / 365)"),
    Metric("forgotten_needs", "needs", -1,
           "Needs that the customer had and nobody noticed, so that no journey began.",
           "forgotten"),
    Metric("needs_to_competitor", "needs", -1,
           "Of the forgotten needs, those that were met by a competitor.",
           "to_competitor"),
    Metric("prompts", "prompts", 0,
           "Reminders and suggestions sent to customers.",
           "prompts"),
    Metric("prompts_read_rate", "share", 1,
           "The share of prompts that were read; it falls with over-offering.",
           "prompts_read / prompts"),
    Metric("prompted_needs", "needs", 0,
           "Needs that were noticed only because of a prompt, or arose from one. Part of needs.",
           "prompted_needs"),
    Metric("automatic_executions", "needs", 0,
           "Needs met by automatic execution, without a step of the customer.",
           "automatic"),
    Metric("automatic_wrong_rate", "share", -1,
           "Automatic executions that the customer did not want, as a share of all.",
           "automatic_wrong / automatic"),
    Metric("stages_skipped", "stages", 1,
           "Stages of the journey that automatic execution spared the customer, two at each.",
           "stages_skipped"),
    Metric("knowledge", "share", 1,
           "What is known of the customer himself when he judges a journey, 0 to 1: k interactions "
           "remembered, k / (k + n0); mean over judged journeys.",
           "sum of knowledge / judged"),
    Metric("population_knowledge", "share", 1,
           "What is known of customers in general, 0 to 1, published every midnight; mean over days. It "
           "belongs to no segment, so only 'all' has it.",
           "sum of population knowledge / days"),
    Metric("attachment", "share", 1,
           "How much customers regard the product as their own when they judge a journey, 0 to 1: n / (n + "
           "n0) of n orders or renewals; mean over judged journeys.",
           "sum of attachment / judged"),
    Metric("channel_gap", "s.d. of quality", -1,
           "Inconsistency: mean distance between the qualities of a customer's successive contacts on two "
           "different channels.",
           "sum of distances / changes of channel"),
    Metric("fit", "share", 1,
           "How well what customers found fits what they wanted, 0 to 1; mean over solutions found.",
           "sum of fit / solutions found"),
    Metric("first_contact_resolution", "share", 1,
           "First contacts of a journey that were resolved then and there, as a share of the first "
           "contacts that were answered.",
           "first_resolved / first_contacts"),
    Metric("failure_demand", "share", -1,
           "The share of contacts and visits that exist because something had failed: an unresolved or "
           "lost contact, a wrong delivery, a fault.",
           "failure_contacts / contacts_made"),
    Metric("contacts_per_journey", "contacts per journey", -1,
           "Contacts and visits begun, per journey judged.",
           "contacts_made / judged"),
    Metric("handoffs_per_journey", "hand-offs per journey", -1,
           "Contacts on another channel than the one before in the journey, per journey judged.",
           "handoffs / judged"),
    Metric("context_lost_rate", "share", -1,
           "Hand-offs at which what the customer had said before was lost, as a share of all.",
           "contexts_lost / handoffs"),
    Metric("journey_days", "days per journey", -1,
           "Mean time from recognizing the need to judging the journey.",
           "journey time / judged"),
    Metric("friction_minutes", "minutes per journey", -1,
           "Mean minutes of the customer's own effort in a journey; waiting in a queue is apart.",
           "effort time / judged"),
    Metric("queue_minutes", "minutes per journey", -1,
           "Mean minutes of a journey spent waiting in queues.",
           "waiting time / judged"),
    Metric("response_days", "days per journey", -1,
           "Mean days from a settled request to its solution, where one is under way; dated at the request.",
           "solution time / judged"),
    Metric("friction_steps", "steps per journey", -1,
           "What a customer had to do in a journey, in all four stages.",
           "recognize, request, respond and repeat steps"),
    Metric("recognize_steps", "steps per journey", -1,
           "Steps before a request: noticing the need himself (not where he was prompted, or the brand acted "
           "by itself), reading a prompt.",
           "(needs - forgotten - to_competitor - prompted_needs - automatic + prompts_read) / judged"),
    Metric("request_steps", "steps per journey", -1,
           "Steps of requesting: reaching a channel (each contact or visit begun), repeating what was said "
           "where context was lost, searching (saying what he wants, looking at what is found; `steps` of "
           "touchpoints add to it), placing an order, answering an offer.",
           "(contact steps + orders placed + upsell_offers) / judged"),
    Metric("respond_steps", "steps per journey", -1,
           "Steps after a request: asking where a late solution is, seeing to a wrong one, sending it back, "
           "noticing a fault.",
           "(late + wrong + returned + faults) / judged"),
    Metric("repeat_steps", "steps per journey", -1,
           "Steps after a journey: making a complaint. Surveys are silent read-outs and no steps.",
           "complaints / judged"),
    Metric("deliveries_wrong", "deliveries", -1,
           "Deliveries of a wrong item or quantity.",
           "wrong"),
    Metric("returns", "orders", -1,
           "Orders sent back and refunded.",
           "returned"),
    Metric("faults", "faults", -1,
           "Faults that showed in use.",
           "faults"),
    Metric("recovery_rate", "share", 1,
           "Failed journeys that the brand made good, as a share of those it could have; undefined where "
           "nothing is done about failures.",
           "recovered / (recovered + unrecovered)"),
    Metric("call_backs", "contacts", 0,
           "Call-backs that customers took instead of waiting.",
           "call_backs"),
    Metric("retries", "contacts", -1,
           "Further attempts at the same channel after an abandoned one.",
           "retries"),
    Metric("cost_per_journey", "money per journey", -1,
           "Service cost from end to end, per journey judged. Paid hours belong to no segment, so a "
           "segment's row holds its own fees only.",
           "service_cost / judged"),
)

# Metrics that are a counter as it is, and the counter's name.
PLAIN = {
    "forgotten_needs": "forgotten", "needs_to_competitor": "to_competitor", "prompts": "prompts",
    "prompted_needs": "prompted_needs", "automatic_executions": "automatic", "stages_skipped": "stages_skipped",
    "deliveries_wrong": "wrong", "returns": "returned", "faults": "faults", "call_backs": "call_backs",
    "retries": "retries",
}


def journey_metrics(sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1).

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> found = journey_metrics(make_sums(make_blank_outcome()))
    >>> found["knowledge"][0].tolist(), found["faults"][0].tolist()
    ([nan, nan, nan], [0.0, 0.0, 0.0])
    """
    counter = sums.counter
    judged, handoffs, made = counter("judged"), counter("handoffs"), counter("contacts_made")
    recovered = counter("recovered")
    steps = _steps(sums)
    return {
        **{metric: counter(name) for metric, name in PLAIN.items()},
        "needs_per_customer_year": ratio(counter("needs"), counter("active_ticks") / DAY / 365.0),
        "prompts_read_rate": ratio(counter("prompts_read"), counter("prompts")),
        "automatic_wrong_rate": ratio(counter("automatic_wrong"), counter("automatic")),
        "knowledge": ratio(counter("knowledge_sum") / FRACTION, judged),
        "population_knowledge": ratio(counter("accuracy_sum") / FRACTION, counter("brand_days")),
        "attachment": ratio(counter("attachment_sum") / FRACTION, judged),
        "channel_gap": ratio(counter("channel_gap_sum") / FRACTION, counter("n_channel_gaps")),
        "fit": ratio(counter("fit_sum") / FRACTION, counter("n_fit")),
        "first_contact_resolution": ratio(counter("first_resolved"), counter("first_contacts")),
        "failure_demand": ratio(counter("failure_contacts"), made),
        "contacts_per_journey": ratio(made, judged),
        "handoffs_per_journey": ratio(handoffs, judged),
        "context_lost_rate": ratio(counter("contexts_lost"), handoffs),
        "journey_days": ratio(counter("journey_ticks") / DAY, judged),
        "queue_minutes": ratio(counter("wait_ticks") / MINUTE, judged),
        "response_days": ratio(counter("solution_ticks") / DAY, judged),
        "friction_steps": ratio(sum(steps.values()), judged),
        **{f"{stage}_steps": ratio(number, judged) for stage, number in steps.items()},
        "friction_minutes": ratio(counter("effort_ticks") / MINUTE, judged),
        "recovery_rate": ratio(recovered, recovered + counter("unrecovered")),
        "cost_per_journey": ratio(sums.bucket("service"), judged),
    }


def _steps(sums: Sums) -> dict[str, np.ndarray]:
    """What customers had to do, by stage of the journey."""
    counter = sums.counter
    unnoticed = sum(counter(name) for name in ("forgotten", "to_competitor", "prompted_needs", "automatic"))
    return {
        "recognize": counter("needs") - unnoticed + counter("prompts_read"),
        "request": counter("request_steps") + counter("upsell_offers"),
        "respond": counter("late") + counter("wrong") + counter("returned") + counter("faults"),
        "repeat": counter("complaints"),
    }
