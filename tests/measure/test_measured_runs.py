"""Identities that must hold in every row of a real run, whatever happened in it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from measured_worlds import value_of

from cxsim.config.loading import load
from cxsim.engines.blueprint import make_blueprint
from cxsim.engines.replication import run_replication
from cxsim.measure.events import events_table
from cxsim.measure.kpis import kpis
from cxsim.measure.ledger import ledger_table
from cxsim.measure.points import points_table
from cxsim.measure.touchpoints import touchpoints_table
from cxsim.settings.reference import blank_reference

WORLDS = {
    "shop": ["n_customers=400", "horizon_days=300", "loyalty=points", "output.events=all"],
    "new_cohort": ["n_customers=300", "horizon_days=200", "population=new"],
    "subscription": ["market=subscription", "n_customers=300", "horizon_days=200"],
    "touchpoints": ["n_customers=300", "horizon_days=120", "output.events=all", "touchpoints.chatbot.reach=0.8",
                    "touchpoints.reminder.reach=0.5", "touchpoints.courier.reach=0.6"],
    "contact_centre": ["market=contact_centre", "horizon_days=20"],
}


@cache
def _run(world):
    config = load(WORLDS[world])
    blueprint = make_blueprint([config], [], blank_reference(config))
    outcome = run_replication(blueprint, 0, "compiled")
    return config, outcome, kpis(outcome, config, "baseline")


@pytest.fixture(params=WORLDS)
def run(request):
    return _run(request.param)


def _values(table, metric):
    return table.select(metric=metric)["value"]


def test_customers_tie_in_every_row(run):
    _, _, table = run
    end = _values(table, "customers_start") + _values(table, "customers_acquired")
    end = end + _values(table, "customers_reactivated") - _values(table, "customers_churned")
    assert np.array_equal(end, _values(table, "customers_end"))


def test_months_add_up_and_link(run):
    _, _, table = run
    for segment in set(table["segment"].tolist()):
        here = table.select(segment=segment)
        for metric in ("purchases", "customers_acquired", "contacts", "visits", "upsell_offers"):
            months = here.select(metric=metric)["value"]
            assert months[0] == months[1:].sum(), metric
        starts, ends = _values(here, "customers_start"), _values(here, "customers_end")
        assert np.array_equal(starts[2:], ends[1:-1])
        assert starts[0] == starts[1] and ends[0] == ends[-1]


def test_segments_add_up_to_all_where_nothing_is_shared(run):
    _, outcome, table = run
    for metric in ("purchases", "revenue", "customers_end", "contacts", "referrals_converted"):
        parts = sum(value_of(table, metric, segment) for segment in outcome.segments)
        assert value_of(table, metric) == pytest.approx(parts, abs=1e-6), metric


def test_ledger_gives_the_profit_to_the_cent(run):
    config, outcome, table = run
    effects = ledger_table(outcome, "baseline", config)["profit_effect"]
    assert effects.sum() == pytest.approx(value_of(table, "profit"), abs=0.004)


def test_shares_lie_between_zero_and_one(run):
    _, _, table = run
    shares = table.select(unit="share")
    shares = shares.take(shares["metric"] != "breakage")
    shares = shares.take(shares["metric"] != "clv_residual_share")
    values = shares["value"][np.isfinite(shares["value"])]
    assert ((values >= 0) & (values <= 1)).all()


def test_contact_centre_has_contacts_and_no_customers():
    _, _, table = _run("contact_centre")
    assert value_of(table, "contacts") > 0 and value_of(table, "wait_minutes") >= 0
    for metric in ("customers_start", "customers_end", "purchases", "revenue"):
        assert value_of(table, metric) == 0
    for metric in ("retention_rate", "clv", "cac", "nps"):
        assert np.isnan(value_of(table, metric))


def test_points_account_agrees_with_the_customers():
    _, outcome, _ = _run("shop")
    table = points_table(outcome, "baseline")
    last = table.select(day=int(table["day"].max()))
    for segment, held in zip(last["segment"].tolist(), last["outstanding"].tolist(), strict=True):
        mine = outcome.customers["segment"] == outcome.segments.index(segment)
        assert outcome.customers["points"][mine].sum() == held
    assert (table["outstanding"] >= 0).all()


def test_events_agree_with_the_counts():
    _, outcome, table = _run("shop")
    events = events_table(outcome, "baseline")
    assert len(events.select(event="order", outcome="paid")) == value_of(table, "purchases")
    assert len(events.select(event="offer", outcome="taken")) == value_of(table, "upsell_accepted")
    assert len(events.select(event="queue", outcome="abandoned")) == pytest.approx(
        value_of(table, "abandon_rate") * value_of(table, "contacts"))
    order = list(zip(events["day"].tolist(), events["customer"].tolist(), events["sequence"].tolist(),
                     strict=True))
    assert order == sorted(order)
    # A need is taken up from the midnight of its day on.
    assert (np.floor(events["day_of_need"]) <= events["day"]).all()


def test_places_cost_what_service_and_prospects_cost(run):
    config, outcome, table = run
    places = touchpoints_table(outcome, "baseline", config)
    ledger = ledger_table(outcome, "baseline", config)
    spent = value_of(table, "service_cost") + ledger.select(category="prospect_minutes")["amount"].sum()
    assert places["cost"].sum() == pytest.approx(spent, abs=1e-3)


def test_touchpoints_account_for_every_use_and_running_cost():
    config, outcome, _ = _run("touchpoints")
    ledger = ledger_table(outcome, "baseline", config)
    used = ledger.select(category="touchpoint")
    assert set(used["touchpoint"].tolist()) == {"chatbot", "courier"}
    assert set(ledger.select(category="touchpoint_fixed")["touchpoint"].tolist()) == {"chatbot", "reminder"}
    places = {row["touchpoint"]: row for row in touchpoints_table(outcome, "baseline", config).rows()}
    events = events_table(outcome, "baseline").select(event="touchpoint")
    for name in ("chatbot", "courier"):
        n_used = int(used.select(touchpoint=name)["count"].sum())
        assert n_used == len(events.select(touchpoint=name)) == places[name]["episodes"] > 0
        assert places[name]["owner"] == config.touchpoints[name].owner
        assert 0 < places[name]["failures"] < n_used


def test_every_judged_journey_was_felt(run):
    config, outcome, _ = run
    places = touchpoints_table(outcome, "baseline", config)
    episodes = places.select(kind=["channel", "solution"])["episodes"].sum()
    assert config.market.kind == "contact_centre" or episodes >= places["journeys"][0] > 0
