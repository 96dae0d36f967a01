"""How sure an analytic plan is: bands against closed forms, ranges that make no sense, everything written."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.config.loading import load_request
from cxsim.errors import CxsimError
from cxsim.report.plan_folder import write_analytic_plan
from cxsim.theory.blattberg_deighton import ResponseCurve, best_split, optimum
from cxsim.whatif.analytic_plan import plan_analytically
from cxsim.whatif.plan_bands import find_bands, split_of_share
from cxsim.whatif.plan_inputs import read_inputs
from cxsim.whatif.replay import replay

POINT = {"spend": 5, "observed_rate": 0.2, "ceiling": 0.4}
KEPT = {"spend": 10, "observed_rate": 0.4, "ceiling": 0.7}
KEYS = {"margin": 50, "discount_rate": 0.2, "acquisition": POINT, "retention": KEPT,
        "budgets": {"lowest": 4, "highest": 20, "steps": 5}}


def bands(draws: int = 100, **ranges: tuple[float, float]):
    return find_bands(read_inputs(KEYS), ranges, {}, draws, 1, 0.9)


def test_inputs_taken_as_given_have_no_band() -> None:
    found = bands()
    assert found.best_acquisition == pytest.approx((9.2115, 9.2115), abs=5e-5)
    assert found.best_retention == pytest.approx((15.8652, 15.8652), abs=5e-5)
    assert found.best_equity == pytest.approx((9.4411, 9.4411), abs=5e-5)
    assert found.regret == pytest.approx(0.0, abs=1e-12) and found.p_acquisition_next == 1.0


def test_a_range_of_margins_gives_the_equities_at_its_quantiles() -> None:
    """The best equity grows with the margin, so its 5% and 95% points are those of the margin."""
    found = bands(400, margin=(40.0, 60.0))
    ends = []
    for margin in (41.0, 59.0):
        market = read_inputs(KEYS | {"margin": margin}).market()
        ends.append(market.equity_per_prospect(*optimum(market)))
    assert found.best_equity == pytest.approx(ends, abs=0.05)


def test_which_use_comes_next_has_the_share_of_draws_in_which_it_is_cheaper() -> None:
    """Acquisition costs e^(kA)/(ck) with c the ceiling, retention 39.34: the share of c where it is less."""
    found = bands(600, acquisition_ceiling=(0.24, 0.6))
    grid = np.linspace(0.24, 0.6, 4001)
    cheaper = np.mean([ResponseCurve.through(5, 0.2, c).marginal_cost(5) < 39.3409 for c in grid])
    assert 0.2 < cheaper < 0.9
    assert found.p_acquisition_next == pytest.approx(cheaper, abs=0.015)


def test_a_split_by_share_spends_the_budget_and_none_beats_the_best() -> None:
    market = read_inputs(KEYS).market()
    best = market.equity_per_prospect(*best_split(market, 7.5))
    for share in np.linspace(0.05, 1.0, 20):
        spends = split_of_share(market, 7.5, float(share))
        assert market.budget_per_prospect(*spends) == pytest.approx(7.5, rel=1e-9)
        assert market.equity_per_prospect(*spends) <= best + 1e-9


def test_spending_on_wrong_inputs_costs_regret() -> None:
    assert bands(60, margin=(30.0, 70.0)).regret > bands(60, margin=(45.0, 55.0)).regret > 0


@pytest.mark.parametrize(("ranges", "words"), [
    ({"margin": (55.0, 60.0)}, r"plan.ranges.margin=\[55,60\]: must hold the input itself \(50\)"),
    ({"acquisition_ceiling": (0.3, 1.2)}, "at most 1"),
    ({"acquisition_rate": (0.1, 0.35), "acquisition_ceiling": (0.3, 0.5)}, "a rate must lie below its ceiling"),
])
def test_ranges_that_make_no_sense_are_refused(ranges: dict, words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        bands(20, **ranges)


def test_observations_take_the_place_of_a_point_and_widen_with_fewer_people() -> None:
    curve = ResponseCurve.through(5, 0.2, 0.4)

    def plan(n: float):
        seen = [(spend, n, n * curve.rate(spend)) for spend in (1.0, 3.0, 6.0, 12.0)]
        keys = KEYS | {"acquisition": POINT | {"observed_rate": 0.1, "ceiling": 0.9, "observations": seen}}
        return plan_analytically(keys | {"draws": 100}, seed=1, confidence=0.9)

    many, few = plan(1e5), plan(2e3)
    assert many.plan.best.acquisition_spend == pytest.approx(9.2115, abs=0.02)
    widths = [np.diff(one.bands.best_acquisition)[0] for one in (many, few)]
    assert 0 < widths[0] < 0.5 * widths[1]


def test_the_shipped_calendar_is_planned_and_written_whole(tmp_path) -> None:
    request = load_request("plan", ["plan=calendar", "plan.draws=20"])
    settings = request.options.plan.model_dump(mode="json")
    answer = plan_analytically(settings, seed=1, confidence=0.95)
    sections = write_analytic_plan(answer, settings, request.config, tmp_path, 1.0)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"plan.parquet", "splits.parquet", "calendar.parquet", "plan.svg", "plan.png", "calendar.svg",
            "calendar.png", "report.html", "manifest.json", "config.yaml"} <= names
    text = " ".join(sentence for section in sections for sentence in section.words)
    assert "Contracts cost" in text and "costs 64.67 to acquire and 64.67 to retain" in text
    assert replay(tmp_path).is_same
    assert answer.unbound is not None and answer.unbound.equity >= answer.calendar.equity


@pytest.mark.parametrize(("override", "words"), [
    ("plan.calendar.periods=200", "plan.calendar.periods=200"),
    ("plan.ranges.margin=[55,45]", "must hold the low end first"),
    ("plan.draws=3", "plan.draws=3"),
    ("plan.simulated.spend_multiples=[2,1]", "must ascend"),
    ("plan.calendar.contracts.0.use=gifts", "gifts"),
    ("plan.rangs.margin=[1,2]", "plan.ranges"),
])
def test_keys_out_of_range_are_refused_by_name(override: str, words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        load_request("plan", ["plan=calendar", override])


def test_a_plan_is_the_same_every_time() -> None:
    one, other = (bands(50, margin=(40.0, 60.0)) for _ in range(2))
    assert one.best_equity == other.best_equity and (one.equity == other.equity).all()
    assert cxsim.load(["plan.draws=20"], command="plan").seed == 1
