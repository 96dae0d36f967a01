"""A scenario's profit and customer equity taken apart by driver, from the two ledgers alone: no further runs.

In each segment and for each source of customers the margin of orders is a product of five factors,

    margin = customers x active days each x orders per active day x (margin per order + upsell margin per order),

and their Shapley values share its difference out. What is left of the ledgers is taken as it stands: rewards,
service, retention and acquisition spend. For customer equity all money is discounted, and the residual value of
the living counts as further orders at the end, each leaving what one of the last 90 days leaves its segment, net
of rewards and a customer's own service. How many there are goes with retention, what each leaves with its driver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsim.journal.tallies import MONEY
from cxsim.journal.words import CATEGORIES, SOURCES
from cxsim.measure.accounts import ACTIVE_DAYS, CUSTOMERS, ITEMS, LIABILITY, RESIDUAL
from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table, codes
from cxsim.whatif.cell import Progress
from cxsim.whatif.shapley import coalitions, largest_remainder, shapley_values

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

MEASURES = ("profit", "customer_equity")
DRIVERS = {
    "acquisition": "more or fewer customers won, by themselves or by paid routes, at their margin",
    "referral": "more or fewer customers brought by others, at their margin",
    "retention": "customers active for longer or shorter; in equity, further orders expected at the end, too",
    "frequency": "more or fewer orders in the time they are active",
    "spend": "margin of an order without upsell: basket, price, goods, refunds",
    "upsell": "upsell margin per order",
    "membership_fees": "fees of a paid membership",
    "rewards": "rewards and benefits given",
    "retention_spend": "outreach, save offers, win-back, running cost of a programme",
    "acquisition_spend": "media, commissions, gifts, bonuses, minutes of prospects",
    "service_volume": "more or fewer contacts, deliveries and other uses, at what one costs",
    "service_unit_cost": "what one contact, delivery or other use costs",
    "service_fixed": "paid hours, running costs of touchpoints, training, hiring, integration",
    "reward_liability": "points owed at the end (customer equity only)",
}
PEOPLE = ("acquisition", "referral", "retention", "frequency", "spend", "upsell")
FIXED = ("staff", "touchpoint_fixed", "training", "hiring", "integration")
DIRECT = {"reward": "rewards", "retention": "retention_spend", "acquisition": "acquisition_spend"}
# What an order leaves, by driver; and what is a customer's own, so that his residual value is net of it.
LEFT = ("spend", "upsell", "membership_fees", "rewards", "retention_spend", "service_volume")
OWN = tuple(name for name, _, _, is_own in CATEGORIES if is_own)
_SIGN = {name: 1 if bucket == "revenue" else -1 for name, bucket, _, _ in CATEGORIES}
_BUCKET = {name: bucket for name, bucket, _, _ in CATEGORIES}


@dataclass(frozen=True)
class _Side:
    """One side's figures by item: (segments and shared, sources, replications); `late`: of the last 90 days."""

    count: Mapping[str, np.ndarray]
    money: Mapping[str, np.ndarray]
    late_count: Mapping[str, np.ndarray]
    late_money: Mapping[str, np.ndarray]


def drivers(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """The step of a comparison: tables `drivers` (means with intervals) and `drivers_by_replication`."""
    each = driver_table(comparison.tables.accounts, comparison.names)
    return {"drivers": driver_means(each, comparison.config.confidence), "drivers_by_replication": each}


def driver_table(accounts: Table, names: Sequence[str], baseline: str = "baseline") -> Table:
    """Differences of profit and customer equity by driver, in every replication.

    Parameters
    ----------
    accounts : Table
        From :func:`cxsim.measure.accounts.accounts_table`, of all sides.
    names : sequence of str
        The scenarios.
    baseline : str
        The side they are compared with.

    Returns
    -------
    Table
        Columns scenario, replication, measure ("profit", "customer_equity"), segment ("all" first, "shared" for
        what is nobody's), driver (:data:`DRIVERS`) and value (account currency). In every scenario,
        replication, measure and segment the values sum to the difference, to the cent.

    Source
    ------
    Five factors by Shapley (1953); the sum is made exact in 1/10,000 of the currency by largest remainders.
    """
    segments = [name for name in codes(accounts["segment"])[0] if name != "shared"] + ["shared"]
    replications = sorted(codes(accounts["replication"])[0])
    parts = []
    for measure in MEASURES:
        base = _side(accounts, baseline, measure, segments, replications)
        for name in names:
            values = split(base, _side(accounts, name, measure, segments, replications), measure)
            parts.append(_rows(name, measure, values, segments, replications))
    return Table.concat(parts)


def split(before: _Side, after: _Side, measure: str) -> np.ndarray:
    """Whole 1/10,000 of the currency, shape (drivers, segments, replications)."""
    found = {name: np.zeros(next(iter(before.money.values())).shape) for name in DRIVERS}
    _share_margin(found, before, after)
    _share_service(found, before, after)
    for item in _SIGN:
        if _BUCKET[item] in DIRECT:
            found[DIRECT[_BUCKET[item]]] -= after.money[item] - before.money[item]
    found["membership_fees"] += after.money["membership_fee"] - before.money["membership_fee"]
    if measure == "customer_equity":
        _share_residual(found, before, after)
        found["reward_liability"] -= after.money[LIABILITY] - before.money[LIABILITY]
    values = np.stack([found[name].sum(axis=1) for name in DRIVERS]) * MONEY
    # What no driver can account for but for the last digits of its arithmetic goes with the largest remainders.
    total = np.rint((_worth(after, measure) - _worth(before, measure)).sum(axis=1) * MONEY).astype(np.int64)
    return largest_remainder(values, total)


def driver_means(each: Table, confidence: float) -> Table:
    """Means over replications with their paired intervals.

    Returns
    -------
    Table
        Columns scenario, measure, segment, driver, difference, ci_low, ci_high, confidence, replications.
    """
    rows: dict[str, list] = {name: [] for name in ("scenario", "measure", "segment", "driver")}
    n = len(codes(each["replication"])[0])
    # Rows stand by scenario and measure, then segment, driver, replication.
    values = each["value"].reshape(-1, n)
    for name in rows:
        rows[name] = each[name].reshape(-1, n)[:, 0].tolist()
    mean, low, high, _ = mean_interval(values, confidence)
    return Table({**{name: np.array(cells, dtype=object) for name, cells in rows.items()},
                  "difference": mean, "ci_low": low, "ci_high": high,
                  "confidence": np.full(len(mean), float(confidence)),
                  "replications": np.full(len(mean), n, dtype=np.int64)})


def _side(
    accounts: Table, scenario: str, measure: str, segments: Sequence[str], replications: Sequence[int],
) -> _Side:
    rows = accounts.select(scenario=scenario)
    axes = (("item", ITEMS), ("segment", segments), ("source", SOURCES), ("replication", replications))
    places = []
    for name, words in axes:
        found, numbers = codes(rows[name])
        places.append(np.array([list(words).index(word) for word in found] or [0])[numbers])
    shape = tuple(len(words) for _, words in axes)
    by_item = []
    for column in ("count", "amount" if measure == "profit" else "discounted", "recent_count", "recent"):
        cube = np.zeros(shape)
        cube[tuple(places)] = rows[column]
        by_item.append(dict(zip(ITEMS, cube, strict=True)))
    return _Side(*by_item)


def _worth(side: _Side, measure: str) -> np.ndarray:
    """Profit, or customer equity."""
    total = sum((sign * side.money[item] for item, sign in _SIGN.items()), np.zeros(side.money[RESIDUAL].shape))
    return total + side.money[RESIDUAL] - side.money[LIABILITY] if measure == "customer_equity" else total


def _margins(money: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Margin of orders without upsell, and of upsell; goods are shared by revenue."""
    sold = money["order"] + money["subscription"]
    share = _over(money["upsell"], sold + money["upsell"], 0.0)
    upsell = money["upsell"] - share * money["goods"]
    base = sold + money["refund"] - (1.0 - share) * money["goods"] - money["returned_goods"]
    return base, upsell


def _over(top: np.ndarray, bottom: np.ndarray, otherwise: float | np.ndarray = np.nan) -> np.ndarray:
    result = np.array(np.broadcast_to(otherwise, top.shape), dtype=float)
    return np.divide(top, bottom, out=result, where=bottom != 0)


def _factors(side: _Side) -> np.ndarray:
    """Customers, active days each, orders a day, margin and upsell margin an order."""
    heads, days = side.count[CUSTOMERS], side.count[ACTIVE_DAYS]
    orders = side.count["order"] + side.count["subscription"]
    base, upsell = _margins(side.money)
    return np.stack([heads, _over(days, heads), _over(orders, days), _over(base, orders), _over(upsell, orders)])


def _share_margin(found: dict[str, np.ndarray], before: _Side, after: _Side) -> None:
    """Share out the difference in the margin of orders among the five factors."""
    # A source that is absent on one side has the other's factors, so that the whole difference is heads.
    one, other = _filled(_factors(before), _factors(after))
    worths = []
    for chosen in coalitions(5):
        n, days, rate, base, upsell = (other[k] if k in chosen else one[k] for k in range(5))
        worths.append(n * days * rate * (base + upsell))
    shares = shapley_values(np.stack(worths))
    _share_heads(found, shares[0])
    for name, share in zip(PEOPLE[2:], shares[1:], strict=True):
        found[name] += share
    whole = sum(_margins(after.money)) - sum(_margins(before.money))
    found["spend"] += whole - (worths[-1] - worths[0])


def _share_heads(found: dict[str, np.ndarray], share: np.ndarray) -> None:
    """What more or fewer customers bring, by whether others brought them."""
    is_brought = np.array(SOURCES)[:, None] == "referral"
    found["referral"] += np.where(is_brought, share, 0.0)
    found["acquisition"] += np.where(is_brought, 0.0, share)


def _filled(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Factors of both sides; one that is not defined on its side is the other's, or 0."""
    first = np.where(np.isnan(one), np.nan_to_num(other), one)
    return first, np.where(np.isnan(other), np.nan_to_num(one), other)


def _left_by_order(side: _Side) -> np.ndarray:
    """What an order of the last 90 days leaves its segment, in parts by driver (:data:`LEFT`), signed."""
    late = {item: _of_segment(rows) for item, rows in side.late_money.items()}
    orders = _of_segment(side.late_count["order"] + side.late_count["subscription"])
    base, upsell = _margins(late)
    parts = {"spend": base, "upsell": upsell, "membership_fees": late["membership_fee"]}
    for name, bucket in (("rewards", "reward"), ("retention_spend", "retention"), ("service_volume", "service")):
        parts[name] = -sum((late[item] for item in OWN if _BUCKET[item] == bucket), np.zeros(orders.shape))
    return np.stack([_over(parts[name], orders) for name in LEFT])


def _of_segment(rows: np.ndarray) -> np.ndarray:
    """Sums over sources, at the place of each."""
    return np.broadcast_to(rows.sum(axis=1, keepdims=True), rows.shape)


def _share_residual(found: dict[str, np.ndarray], before: _Side, after: _Side) -> None:
    """Share out the difference in residual values: heads, further orders each, what an order leaves."""
    left = _filled(_left_by_order(before), _left_by_order(after))
    earns = (left[0].sum(axis=0) > 0) & (left[1].sum(axis=0) > 0)
    factors = []
    for side, parts in zip((before, after), left, strict=True):
        each = _over(side.money[RESIDUAL], side.count[CUSTOMERS])
        further = np.where(earns, each / np.where(earns, parts.sum(axis=0), 1.0), 0.0)
        factors.append(np.concatenate([side.count[CUSTOMERS][None], further[None], parts]))
    one, other = _filled(*factors)
    worths = []
    for chosen in coalitions(2 + len(LEFT)):
        n, further, *parts = (other[k] if k in chosen else one[k] for k in range(2 + len(LEFT)))
        worths.append(n * further * sum(parts))
    shares = shapley_values(np.stack(worths))
    _share_heads(found, shares[0])
    for name, share in zip(("retention", *LEFT), shares[1:], strict=True):
        found[name] += share
    # Where an order leaves nothing, residual values are no further orders; they go with who stays.
    found["retention"] += after.money[RESIDUAL] - before.money[RESIDUAL] - (worths[-1] - worths[0])


def _share_service(found: dict[str, np.ndarray], before: _Side, after: _Side) -> None:
    """Share out service: how much of it there is, what one use costs, and what is paid in any case."""
    for item, bucket in _BUCKET.items():
        if bucket != "service":
            continue
        difference = after.money[item] - before.money[item]
        if item in FIXED:
            found["service_fixed"] -= difference
            continue
        uses = before.count[item], after.count[item]
        cost = _over(before.money[item], uses[0]), _over(after.money[item], uses[1])
        cost = tuple(np.where(np.isnan(a), np.where(np.isnan(b), 0.0, b), a) for a, b in (cost, cost[::-1]))
        volume = (uses[1] - uses[0]) * (cost[0] + cost[1]) / 2
        found["service_volume"] -= volume
        found["service_unit_cost"] -= difference - volume


def _rows(
    scenario: str, measure: str, values: np.ndarray, segments: Sequence[str], replications: Sequence[int],
) -> Table:
    """The rows of one scenario and measure, all segments together first."""
    together = np.concatenate([values.sum(axis=1, keepdims=True), values], axis=1)
    by_segment = np.moveaxis(together, 0, 1)
    names = ["all", *segments]
    n_replications, n = len(replications), by_segment.size
    return Table({
        "scenario": np.full(n, scenario, dtype=object),
        "replication": np.tile(np.array(replications, dtype=np.int64), n // n_replications),
        "measure": np.full(n, measure, dtype=object),
        "segment": np.repeat(np.array(names, dtype=object), len(DRIVERS) * n_replications),
        "driver": np.tile(np.repeat(np.array(list(DRIVERS), dtype=object), n_replications), len(names)),
        "value": by_segment.ravel() / MONEY,
    })
