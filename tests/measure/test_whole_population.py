"""Tables of a fraction as those of the whole population: what is scaled, what is not, and that sums still tie."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

import cxsim
from cxsim.engines.outcome import Outcome
from cxsim.measure.kpis import kpis
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.twins import METRICS as TWIN_METRICS
from cxsim.measure.twins import brief_lives, twins_table
from cxsim.settings.reference import blank_reference
from cxsim.whatif.cell import live_all, make_lives

KEYS = ("market=telecom", "n_customers=400", "horizon_days=120", "replications=2", "loyalty=points",
        "loyalty.fixed_cost_per_day=5", "referral.bonus=10", "market.renewal_days=60", "acquisition=media")
SUMS = ("tally", "ledger", "points", "ages", "route_costs", "felt", "pains", "touch_costs", "touch_fixed")
# Of a mean over days or a ratio of counts of people, twice the world is the same world.
CROSSES_NOTHING = ("market_reached",)


def _outcome() -> tuple[Outcome, cxsim.Config]:
    from cxsim.engines.replication import run_compiled

    config = cxsim.load(list(KEYS))
    return run_compiled(make_lives("world", config, [], blank_reference(config)).blueprint, 0), config


def _twice(outcome: Outcome) -> Outcome:
    """Two such populations side by side."""
    sums = {name: 2 * getattr(outcome, name) for name in SUMS}
    return replace(outcome, customers=np.concatenate([outcome.customers, outcome.customers]), **sums)


def test_a_metric_is_scaled_if_and_only_if_two_populations_have_twice_as_much() -> None:
    outcome, config = _outcome()
    once, twice = (kpis(one, config, "world")["value"] for one in (outcome, _twice(outcome)))
    names = kpis(outcome, config, "world")["metric"]
    seen = set()
    for name, one, two in zip(names, once, twice, strict=True):
        if not np.isfinite([one, two]).all() or one == 0.0 or name in CROSSES_NOTHING:
            continue
        seen.add(name)
        expected = 2.0 * one if CATALOGUE[name].is_extensive else one
        assert two == pytest.approx(expected, rel=1e-9, abs=1e-9), name
    assert len(seen) > 0.6 * len(CATALOGUE)


def test_units_tell_what_is_scaled() -> None:
    """Whatever is per something, a share, a score or a deviation is not; whatever is counted is."""
    for metric in (*CATALOGUE.values(), *TWIN_METRICS):
        words = metric.unit.split()
        if "per" in words or metric.unit in ("share", "s.d.", "ratio", "days", "generations", "working days"):
            assert not metric.is_extensive, metric.name
        elif metric.name not in ("nps", "nps_true", "ces", "prospect_satisfaction", "channel_gap"):
            assert metric.is_extensive, metric.name


def test_twins_of_two_populations_are_twice_as_many() -> None:
    outcome, _ = _outcome()
    lives = brief_lives(outcome)
    other = lives.copy()
    other["active"], other["subsidy"] = ~other["active"], 500
    double = np.concatenate([lives, lives]), np.concatenate([other, other])
    for one in double:
        one["id"][len(lives) :] += 1  # Others, with the same life.
    tables = [twins_table(*pair, name="x", replication=0, kind="subscription", segments=outcome.segments)
              for pair in ((lives, other), tuple(np.sort(one, order="id") for one in double))]
    extensive = {metric.name for metric in TWIN_METRICS if metric.is_extensive}
    for row, twice in zip(tables[0].rows(), tables[1].rows(), strict=True):
        if np.isfinite(row["value"]):
            times = 2.0 if row["metric"] in extensive else 1.0
            assert twice["value"] == pytest.approx(times * row["value"]), row["metric"]


def _tables(fraction: float):
    config = cxsim.load([*KEYS, f"population.fraction={fraction}"])
    reference = blank_reference(config)
    return live_all([make_lives("baseline", config, [], reference)], config)[0]


@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_sums_of_a_scaled_run_tie_as_those_of_a_whole_one(fraction: float) -> None:
    tables = _tables(fraction)
    for replication in (0, 1):
        rows = tables.kpis.select(replication=replication, segment="all", period="total")
        value = dict(zip(rows["metric"], rows["value"], strict=True))
        ledger = tables.ledger.select(replication=replication)
        assert ledger["profit_effect"].sum() == pytest.approx(value["profit"], rel=1e-12)
        for bucket, metric in (("service", "service_cost"), ("acquisition", "acquisition_cost")):
            assert ledger.select(bucket=bucket)["amount"].sum() == pytest.approx(value[metric], rel=1e-9)
        end = value["customers_start"] + value["customers_acquired"] + value["customers_reactivated"]
        assert value["customers_end"] == pytest.approx(end - value["customers_churned"])
        sources = tables.sources.select(replication=replication)
        assert sources["spend"].sum() == pytest.approx(value["acquisition_cost"], rel=1e-9)
        points = tables.points.select(replication=replication)
        flows = points["issued"] - points["redeemed"] - points["expired"] - points["cancelled"]
        last = points["day"].max()
        assert points["outstanding"][points["day"] == last].sum() == pytest.approx(flows.sum())


def test_paid_hours_media_and_running_costs_come_out_whole() -> None:
    whole, part = _tables(1.0), _tables(0.1)
    for category in ("staff", "media", "programme"):
        both = [one.ledger.select(replication=0, category=category, segment="shared") for one in (whole, part)]
        assert both[0]["amount"].sum() > 0, category
        minutes = [one.ledger.select(replication=0, category="prospect_minutes")["amount"].sum()
                   for one in (whole, part)]
        own = [rows["amount"].sum() + (m if category == "staff" else 0.0)
               for rows, m in zip(both, minutes, strict=True)]
        assert own[1] == pytest.approx(own[0], rel=1e-5), category
        assert both[1]["count"].sum() == both[0]["count"].sum(), category


def test_nothing_is_touched_at_one() -> None:
    tables = _tables(1.0)
    from cxsim.whatif.cell import whole

    again = whole(tables, 1.0)
    assert all(getattr(again, one.name) is getattr(tables, one.name) for one in fields(tables))
