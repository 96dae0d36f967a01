"""The catalogue of metrics: every name, unit and definition, in one place for tables and docs."""

from __future__ import annotations

from collections.abc import Iterable

from cxsim.measure.customer_metrics import METRICS as CUSTOMER_METRICS
from cxsim.measure.employee_metrics import METRICS as EMPLOYEE_METRICS
from cxsim.measure.experience_metrics import METRICS as EXPERIENCE_METRICS
from cxsim.measure.journey_metrics import METRICS as JOURNEY_METRICS
from cxsim.measure.loyalty_metrics import METRICS as LOYALTY_METRICS
from cxsim.measure.leaving_metrics import METRICS as LEAVING_METRICS
from cxsim.measure.metric import Metric
from cxsim.measure.money_metrics import METRICS as MONEY_METRICS
from cxsim.measure.order_metrics import METRICS as ORDER_METRICS
from cxsim.measure.rival_metrics import METRICS as RIVAL_METRICS
from cxsim.measure.talk_metrics import METRICS as TALK_METRICS
from cxsim.measure.twins import METRICS as TWIN_METRICS
from cxsim.measure.prospect_metrics import METRICS as PROSPECT_METRICS
from cxsim.measure.value_metrics import METRICS as VALUE_METRICS
from cxsim.measure.voice_metrics import METRICS as VOICE_METRICS

GROUPS = (
    ("Customers", CUSTOMER_METRICS),
    ("Prospects", PROSPECT_METRICS),
    ("Leaving and coming back", LEAVING_METRICS),
    ("Orders, upsell and referral", ORDER_METRICS),
    ("Experience", EXPERIENCE_METRICS),
    ("Voice of the customer", VOICE_METRICS),
    ("Journeys", JOURNEY_METRICS),
    ("Quality, experience, preference, loyalty", RIVAL_METRICS),
    ("Word of mouth", TALK_METRICS),
    ("Employees", EMPLOYEE_METRICS),
    ("Loyalty programme", LOYALTY_METRICS),
    ("Money", MONEY_METRICS),
    ("Value over time", VALUE_METRICS),
)
CATALOGUE: dict[str, Metric] = {metric.name: metric for _, metrics in GROUPS for metric in metrics}

# What a comparison is read by: the family of its simultaneous intervals.
HEADLINES = (
    "retention_rate", "repeat_rate", "purchases", "revenue", "upsell_revenue", "referrals_converted",
    "wait_minutes", "abandon_rate", "nps", "service_cost", "reward_cost", "retention_cost", "acquisition_cost",
    "profit", "clv", "customer_equity",
)

BETTER_WORDS = {1: "more is better", -1: "less is better", 0: "neither"}

INTRODUCTION = """\
# Metrics

Every number `cxsim` reports, with its unit and definition, printed from the catalogue in `cxsim/measure/`.

Month k is the k-th calendar month from `start_date`, midnight to midnight; the last may be partial. `total`
is the whole run. Flows are sums; stocks are at an instant; a ratio is the sum of its numerator over the sum
of its denominator in its own replication, segment and period, never a mean of months or customers. A
denominator of 0 gives NaN. A customer's segment is the one he entered with. Segment `all` is computed from
sums and includes shared costs (paid hours, media, a programme's running cost), which no segment's row holds.
Money is undiscounted unless said, in account currency. With `warmup_days` nothing of the days before day 0 is
counted; what is held by then (customers, members, points) is the opening balance.

Where a fraction of the population is simulated (`population.fraction` below 1), every count, amount and number
of points is scaled up to the whole population, in all tables but `events`; paid hours and running costs come out
as they are, because desks stay whole. Shares, means, waits and scores need no scaling. One customer more or less
then moves a count by 1 / `population.fraction`.
"""

FURTHER = """
## Further tables

`twins.parquet` of a comparison (scenario, replication, segment, metric, value, unit) says what became of the
customers who lived both lives, paired one by one: a *customer* has bought or subscribed in that life. The metrics
are defined below; whoever is a customer in one life only counts under acquisition and referral.

`returns.parquet` of a comparison: `return_on_spend` = difference in `customer_equity` / difference in
`discounted_spend`, with Fieller's interval over paired replications; undefined, with the reason in `status`, where
the spend does not rise detectably.

`sources.parquet`: customers acquired by source (paid routes by name), what was spent on each (media, commission,
gifts, bonuses to both sides of a recommendation, handled minutes of prospects), cac, clv, clv_to_cac and
payback_days. `spend` adds up to `acquisition_cost`; what belongs to no source is in the row `shared`.

`accounts.parquet`: what the run was made of, by segment and source of customers: the categories of the ledger
over the whole run (count, amount, the amount discounted to day 0, and count and amount of the last 90 days),
customers (who ever bought or subscribed), active days, residual value and reward liability at the horizon.
Amounts with their signs sum to `profit`; discounted ones, with residual value and less the liability, to
`customer_equity`.

`leaks.parquet` of a comparison: `leakage` (as below) by kind of reward and bonus. `gains.parquet`: customers of
both lives in groups of the baseline's life (segments; thirds by satisfaction at its end; thirds by tenure; whom
the scenario ever reached and whom not): saved, lost, and their differences in margin and orders.

`states.parquet` with `output.states=month`: what no company sees, of everybody who has entered, at every month's
end: status, tenure, orders, satisfaction as it has faded by then and in s.d. around the baseline's mean (the `z`
that links read), expectation, interactions the brand remembers, own rate of needs and hazard of one exposure
before effects, life budget left, points, tier, and which parts of the scenario ever reached him (bits).
"""


def _table(title: str, metrics: Iterable[Metric]) -> str:
    """A heading and one line for each metric."""
    lines = [f"\n## {title}\n\n| metric | unit | definition | formula |\n|---|---|---|---|\n"]
    for metric in metrics:
        scope = "; whole run only" if metric.total_only else ""
        lines.append(f"| {metric.name} | {metric.unit}, {BETTER_WORDS[metric.better]}{scope} | "
                     f"{metric.definition} | `{metric.formula}` |\n")
    return "".join(lines)


def metrics_page() -> str:
    """The page of the documentation that defines every metric (Markdown).

    Examples
    --------
    >>> "| retention_rate | share, more is better |" in metrics_page()
    True
    """
    tables = [_table(title, metrics) for title, metrics in GROUPS]
    return "".join([INTRODUCTION, *tables, FURTHER, _table("Customers of both lives", TWIN_METRICS)])
