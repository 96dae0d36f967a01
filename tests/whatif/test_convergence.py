"""How figures settle: levels known beforehand, ends that tie to the comparison, engines to the digit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cxsim
from cxsim.measure.table import Table
from cxsim.report.convergence_section import convergence_section
from cxsim.settings.reference import blank_reference
from cxsim.settings.schema import ScenarioSpec
from cxsim.whatif.compare import Comparison
from cxsim.whatif.convergence import resized
from cxsim.whatif.depth import Depth

N, DAYS = 400, 60
# Shoppers whom nothing moves, on one channel that needs nobody.
STILL = ("satisfaction=none", "needs=always_noticed", "delivery.p_wrong=0", "payment=none", "upsell=none",
         "referral=none", "acquisition=none", "delivery=none", "population=new",
         "market.entrants_per_day=0", "choice=fixed_shares", "channels.web.share=1", "channels.app.share=0",
         "channels.phone.share=0")
ASKED = Depth(convergence=True)


@pytest.fixture(scope="module")
def made() -> Comparison:
    """Nobody is ever moved; a touchpoint that does nothing costs 7 a day, under the scenario 17."""
    aid = "++touchpoints={aid: {owner: support, stage: request, reach: 1.0, cost_per_day: 7.0}}"
    config = cxsim.load([*STILL, aid, f"n_customers={N}", f"horizon_days={DAYS}", "replications=6"])
    dearer = ScenarioSpec(name="dearer", changes={"touchpoints": {"aid": {"cost_per_day": 17.0}}})
    return cxsim.compare(config, [dearer], depth=ASKED, reference=blank_reference(config))


def _rows(made: Comparison, **chosen: Any) -> Table:
    return made.further["convergence"].select(**chosen)


def test_a_fixed_cost_weighs_on_each_customer_as_it_is_shared_out(made: Comparison) -> None:
    """Known: -10 a day for 60 days, by 100, 200, 400, 800 customers; the same in every replication."""
    rows = _rows(made, axis="n_customers", scenario="dearer", metric="profit")
    for row in rows.rows():
        assert row["value"] == pytest.approx(-10.0 * DAYS / row["level"], rel=1e-12)
        assert row["high"] - row["low"] == pytest.approx(0.0, abs=1e-9)
        assert row["gap"] == pytest.approx(-10.0 * DAYS * (1 / row["level"] - 1 / 800), abs=1e-12)
    assert rows["level"].tolist() == [100.0, 200.0, 400.0, 800.0]


def test_margin_of_a_customer_does_not_hang_on_how_many_there_are(made: Comparison) -> None:
    """Profit a customer plus the fixed cost has one mean at all sizes: gaps within 4 standard errors."""
    rows = _rows(made, axis="n_customers", scenario="baseline", metric="profit")
    for row in rows.rows():
        fixed = 7.0 * DAYS * (1 / row["level"] - 1 / 800)
        error = (row["gap_high"] - row["gap_low"]) / 2 / 2.571  # t with 5 degrees of freedom, 95%
        assert abs(row["gap"] + fixed) <= 4.0 * error


def test_the_last_replication_and_the_size_of_the_run_tie_to_the_comparison(made: Comparison) -> None:
    told = made.comparison.select(segment="all", period="total", metric="profit")
    for axis, level in (("replications", 6.0), ("n_customers", float(N))):
        for name in ("baseline", "dearer"):
            row = next(_rows(made, axis=axis, level=level, scenario=name, metric="profit").rows())
            column = "baseline_value" if name == "baseline" else "difference"
            assert row["value"] * N == pytest.approx(told[column][0], rel=1e-12)
        assert row["low"] * N == pytest.approx(told["ci_low"][0], rel=1e-9)
    first = next(_rows(made, axis="replications", level=2.0, scenario="baseline", metric="purchases").rows(), None)
    assert first is None
    values = made.kpis.select(scenario="baseline", segment="all", period="total", metric="profit")["value"] / N
    two = next(_rows(made, axis="replications", level=2.0, scenario="baseline", metric="profit").rows())
    assert two["value"] == pytest.approx(values[:2].mean(), rel=1e-12)
    assert two["gap"] == pytest.approx(values[:2].mean() - values.mean(), abs=1e-9)


def test_engines_agree_and_the_page_says_so(made: Comparison) -> None:
    rows = _rows(made, axis="engine")
    assert rows["gap"].tolist() == [0.0, 0.0] and (rows["value"] > 300).all()
    section = convergence_section(made)
    assert section is not None and section.place == "sure" and section.svg.startswith("<svg")
    assert any("to the last digit" in text for text in section.words)
    moved = next(text for text in section.words if "400 to 800" in text)
    assert "dearer: profit a customer" in moved and "retention" not in moved
    assert [row[-1] for row in section.grids[0].rows].count("largest") == 6


def test_without_being_asked_nothing_is_lived(made: Comparison) -> None:
    assert Depth().convergence is False
    blank = made.__class__(**{**made.__dict__, "further": {}})
    assert convergence_section(blank) is None


def test_a_contact_centre_has_replications_and_engines() -> None:
    config = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=3"])
    more = ScenarioSpec(name="one_more", changes={"channels": {"phone": {"employees": 29}}})
    table = cxsim.compare(config, [more], depth=ASKED).further["convergence"]
    assert set(table["axis"].tolist()) == {"replications", "engine"}
    assert np.nanmax(table.select(axis="engine")["gap"]) == 0.0


def test_a_resized_business_keeps_its_proportions() -> None:
    config = cxsim.load(["n_customers=1000", "market.entrants_per_day=6", "market.size=9000",
                         "channels.phone.employees=8"])
    half = resized(config, 0.5)
    assert (half.n_customers, half.market.entrants_per_day, half.market.size) == (500, 3.0, 4500)
    assert half.channels["phone"].employees == 4 and resized(config, 1.0) is config
