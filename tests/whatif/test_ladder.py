"""The ladder: rungs that must agree do, rungs that must part do by a known amount; reasons sum to the gap."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.measure.table import Table
from cxsim.report.ladder_section import _scenario_told, ladder_section
from cxsim.theory.sbg import survival
from cxsim.whatif.ladder import AGENTS, CLOSED_FORM, COHORT, PEOPLE
from cxsim.whatif.rungs import FACTORS, READ, Chain, Lift, Lived, chain_of, closed_form, held, parted, pilot_lift

HIGH_END = (0.668, 3.806)
NEUTRAL = ["satisfaction=none", "upsell=none", "referral=none", "acquisition=none", "needs=always_noticed",
           "delivery.p_wrong=0", "payment=none", "horizon_days=240", "replications=12", "n_customers=1500"]
WORLDS = {
    "online_retail": ["delivery.days=0.1", "delivery.use_days=0.1"],
    "subscription": [
        "journeys.upgrade.needs_per_year=0", "journeys.move.needs_per_year=0",
        "segments.high_end.support_needs_per_year=0.2", "segments.regular.support_needs_per_year=0.2"]}


def cohort_of(share: np.ndarray, n: float = 1000.0, days: float = 30.0) -> Lived:
    """What a cohort without newcomers lives, of which these shares are there at the ends of months."""
    start, end = n * np.concatenate([[1.0], share[:-1]]), n * share
    values = {name: np.zeros((len(share), 1)) for name in READ}
    values |= {"customers_start": start[:, None], "customers_end": end[:, None], "exits": (start - end)[:, None],
               "customers_churned": (start - end)[:, None], "purchases": end[:, None],
               "active_customer_days": (days * (start + end) / 2)[:, None]}
    return Lived(np.full(len(share), days), values)


def test_chain_run_with_its_own_rates_is_what_was_lived():
    rng = np.random.default_rng(5)
    n, months = 4000.0, 9
    days = np.array([31.0, 28, 31, 30, 31, 30, 31, 31, 11])
    start, lapsed = 2500.0, 1500.0
    chain = Chain(rng.uniform(0, 9, months), rng.uniform(0, 0.004, months), rng.uniform(0, 0.002, months),
                  rng.uniform(0.01, 0.05, months))
    active, orders = chain.run(start, lapsed, days)
    begin = np.concatenate([[start], active[:-1]])
    values = {name: np.zeros((months, 1)) for name in READ}
    back, gone, at = np.zeros(months), np.zeros(months), lapsed
    for k in range(months):
        gone[k], back[k] = begin[k] * chain.leaving[k] * days[k], at * chain.returning[k] * days[k]
        at += gone[k] - back[k]
    for name, column in (("customers_start", begin), ("customers_end", active), ("purchases", orders),
                         ("customers_acquired", chain.arrivals * days), ("customers_churned", gone),
                         ("customers_reactivated", back)):
        values[name] = column[:, None]
    found = chain_of(Lived(days, values), int(n))
    for factor in FACTORS:
        assert getattr(found, factor) == pytest.approx(getattr(chain, factor), rel=1e-9)


def test_cohort_misses_by_exactly_what_heterogeneity_does():
    """sBG High End: one period's rate held for ever leaves S(1)^12 = .1437 of which .3780 are in truth there."""
    lived = cohort_of(np.asarray(survival(np.arange(1, 13), *HIGH_END)))
    actual = chain_of(lived, 1000)
    projected = held(actual, lived, 1000, 1)
    active, _ = projected.run(1000.0, 0.0, lived.days)
    assert active[-1] == pytest.approx(1000 * survival(1, *HIGH_END) ** 12, rel=1e-9)
    assert active[-1] == pytest.approx(143.7, abs=0.1)
    shares = parted(actual, projected, 1000.0, 0.0, lived.days)
    assert shares[FACTORS.index("leaving"), 0] == pytest.approx(378.0 - 143.7, abs=0.2)
    assert np.abs(np.delete(shares[:, 0], FACTORS.index("leaving"))).max() < 1e-9


def test_cohort_of_people_who_are_alike_misses_nothing():
    lived = cohort_of(0.9 ** np.arange(1, 13))
    actual = chain_of(lived, 1000)
    active, _ = held(actual, lived, 1000, 2).run(1000.0, 0.0, lived.days)
    assert active == pytest.approx(lived.mean("customers_end"), rel=1e-12)


@pytest.mark.parametrize("market", list(WORLDS))
def test_pilot_gives_back_the_lift_that_made_it(market: str):
    """Orders and exits of the closed form under a known lift, read as a pilot: the same lift comes out."""
    world = cxsim.load([f"market={market}", *NEUTRAL])
    true = Lift(1.2 if market == "online_retail" else 1.0, 0.8, 2.0)
    days = np.array([31.0, 28.0, 31.0])

    def lived(lift: Lift) -> Lived:
        course = closed_form(world, np.cumsum(days), lift)
        came = (world.n_customers / world.market.history_days + lift.arrivals_per_day) * days
        alive = np.concatenate([closed_form(world, np.zeros(1)).alive, course.alive])
        values = {name: np.zeros((3, 1)) for name in READ}
        left = came - np.diff(alive)
        return Lived(days, values | {"customers_acquired": came[:, None], "exits": left[:, None],
                                     "purchases": np.diff(course.orders, prepend=0.0)[:, None]})

    found = pilot_lift(world, lived(true), lived(Lift()), 3)
    assert (found.rate, found.hazard, found.arrivals_per_day) == pytest.approx(
        (true.rate, true.hazard, true.arrivals_per_day), rel=1e-4)


@pytest.fixture(scope="module", params=list(WORLDS))
def made(request: pytest.FixtureRequest) -> cxsim.Comparison:
    world = cxsim.load([f"market={request.param}", *NEUTRAL, *WORLDS[request.param]])
    more = cxsim.ScenarioSpec(name="media", changes={"acquisition": {"media": {
        "spend_per_day": 8.0, "anchor_spend_per_day": 8.0, "anchor_entrants_per_day": 1.0,
        "ceiling_entrants_per_day": 2.0}}})
    late = cxsim.ScenarioSpec(name="late", start_day=60, changes={"delivery": {"cost_per_order": 1.0}})
    return cxsim.compare(world, [more, late], depth={"ladder": True})


def _rows(made: cxsim.Comparison, **wanted: object) -> list[dict]:
    return list(made.further["ladder"].select(**wanted).rows())


@pytest.mark.parametrize("scenario", ["baseline", "media"])
def test_neutral_agents_are_the_closed_form(made: cxsim.Comparison, scenario: str):
    """Every month's customers and orders within 4.5 standard errors of the formula (12 replications)."""
    for metric in ("customers_end", "purchases"):
        agents = [row for row in _rows(made, scenario=scenario, rung=AGENTS, metric=metric)]
        formula = [row for row in _rows(made, scenario=scenario, rung=CLOSED_FORM, metric=metric)]
        for lived, theory in zip(agents, formula, strict=True):
            error = (lived["ci_high"] - lived["ci_low"]) / 2 / 2.201  # t of 11 degrees of freedom
            assert abs(lived["value"] - theory["value"]) < 4.5 * error + 0.01 * theory["value"]


def test_media_brings_on_every_rung_the_newcomers_it_brings(made: cxsim.Comparison):
    """One a day for 1,000 starters, so 1.5 a day: in the lifts of the pilot, and in the customers of all rungs."""
    lift = next(iter(made.further["ladder_lifts"].select(scenario="media").rows()))
    assert lift["arrivals_per_day"] == pytest.approx(1.5, abs=4 * np.sqrt(1.5 / 90 / 12))
    assert lift["rate"] == pytest.approx(1.0, abs=0.06) and lift["hazard"] == pytest.approx(1.0, abs=0.12)
    ends = {rung: _rows(made, scenario="media", rung=rung, metric="customers_end")[-1] for rung in (
        CLOSED_FORM, COHORT, AGENTS)}
    low, high = ends[AGENTS]["difference_low"], ends[AGENTS]["difference_high"]
    assert 50 < low
    for rung in (CLOSED_FORM, COHORT):
        assert low - 0.15 * low < ends[rung]["difference"] < high + 0.15 * high


def test_reasons_sum_to_the_gap(made: cxsim.Comparison):
    gaps = made.further["ladder_gaps"]
    for scenario in ("baseline", "media"):
        for rung, factors in ((CLOSED_FORM, ("arrivals", PEOPLE)), (COHORT, FACTORS)):
            for metric, place in (("customers_end", -1), ("purchases", -1)):
                rows = list(gaps.select(scenario=scenario, rung=rung, metric=metric).rows())
                assert tuple(row["factor"] for row in rows) == factors
                agents = _rows(made, scenario=scenario, rung=AGENTS, metric=metric)[place]["value"]
                own = _rows(made, scenario=scenario, rung=rung, metric=metric)[place]["value"]
                assert sum(row["part"] for row in rows) == pytest.approx(agents - own, abs=1e-6)
                assert rows[0]["rung_value"] == pytest.approx(own)


def test_agents_rung_is_the_comparison(made: cxsim.Comparison):
    rows = made.comparison.select(scenario="media", metric="profit", segment="all", period="total")
    row = next(iter(rows.rows()))
    found = _rows(made, scenario="media", rung=AGENTS, metric="profit", period="total")[0]
    assert (found["difference"], found["difference_low"], found["difference_high"]) == pytest.approx(
        (row["difference"], row["ci_low"], row["ci_high"]))


def test_page_tells_rungs_reasons_and_what_is_left_out(made: cxsim.Comparison):
    section = ladder_section(made)
    assert section is not None and section.svg.startswith("<svg")
    told = " ".join(section.words)
    assert "Left out" in told and "late" in told and told.startswith("media: profit")
    assert "late" not in set(made.further["ladder"]["scenario"].tolist())


@pytest.mark.parametrize(("words", "depth", "told"), [
    (["market=contact_centre"], {}, "no customers to follow"),
    (["warmup_days=30"], {}, "set warmup_days=0"),
    (["horizon_days=59"], {"ladder_months": 2}, r"fewer than the months of the run \(2\)"),
])
def test_ladder_without_ground_is_refused_before_anything_runs(words: list[str], depth: dict, told: str):
    spec = cxsim.ScenarioSpec(name="more", changes={"channels.phone.extra_employees": 1})
    with pytest.raises(CxsimError, match=told):
        cxsim.compare(cxsim.load(words), [spec], depth={"ladder": True, **depth})


def told_of(agents: tuple[float, float, float], rungs: tuple[float, float]) -> str:
    """What is said of a scenario in which profit and orders both have these differences (agents: middle, ends)."""
    rows = []
    for metric in ("profit", "purchases"):
        for scenario, own in (("baseline", (0.0, 0.0, 0.0)), ("s", agents)):
            for rung, middle in ((CLOSED_FORM, rungs[0]), (COHORT, rungs[1]), (AGENTS, own[0])):
                rows.append({"scenario": scenario, "rung": rung, "metric": metric, "value": 100.0,
                             "difference": middle, "difference_low": own[1], "difference_high": own[2]})
    gaps = [{"scenario": scenario, "rung": rung, "metric": "purchases", "factor": factor, "part": 0.0}
            for scenario in ("baseline", "s") for rung, factors in (
                (CLOSED_FORM, ("arrivals", PEOPLE)), (COHORT, FACTORS)) for factor in factors]
    tables = [Table({name: [row[name] for row in of] for name in of[0]}) for of in (rows, gaps)]
    return _scenario_told("s", *tables)


@pytest.mark.parametrize(("agents", "rungs", "told"), [
    ((50.0, 40.0, 60.0), (45.0, 55.0), "a formula would do"),
    ((50.0, 40.0, 60.0), (45.0, 90.0), "only the closed form comes to the same"),
    ((50.0, 40.0, 60.0), (-45.0, 90.0), "both lower rungs would mislead"),
    ((5.0, -60.0, 70.0), (-40.0, 50.0),
     "the rungs cannot be told apart at this precision (the agents' interval of profit and purchases holds 0); "
     "raise replications"),
    ((5.0, -60.0, 70.0), (-400.0, 50.0), "the cohort and the agents cannot be told apart"),
    ((5.0, np.nan, np.nan), (5.0, 5.0), "raise replications"),
    ((0.0, 0.0, 0.0), (0.0, 0.0), "a formula would do"),
    ((0.3, 0.2, 0.4), (0.5, -0.1), "only the closed form comes to the same"),  # Within 0.5% of the level, turned.
])
def test_rungs_are_the_same_only_where_the_agents_effect_is_told(
    agents: tuple[float, float, float], rungs: tuple[float, float], told: str,
):
    assert told in told_of(agents, rungs)
