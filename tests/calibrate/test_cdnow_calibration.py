"""CDNOW, the published judge: Fader, Hardie and Lee (2005), and an independent refit of the same data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cxsim.calibrate import Calibration, calibrate
from cxsim.calibrate.transactions import read_transactions

PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
REFIT = {"r": 0.242595, "alpha": 4.413602, "a": 0.792922, "b": 2.425906}
STANDARD_ERRORS = {"r": 0.01256, "alpha": 0.3782, "a": 0.1857, "b": 0.7054}
SPEND_REFIT = {"p": 6.24957, "q": 3.74422, "gamma": 15.44352}

# calibration frequency: customers, actual and expected purchases a customer in 39 weeks
HOLDOUT = {
    "0": (1411, 0.237, 0.225),
    "1": (439, 0.697, 0.523),
    "2": (214, 1.393, 1.044),
    "3": (100, 1.560, 1.520),
    "4": (62, 2.532, 2.164),
    "5": (38, 2.947, 2.654),
    "6": (29, 3.862, 3.504),
    "7+": (64, 6.359, 6.157),
}


@pytest.fixture(scope="module")
def cdnow(shared_data: Path) -> Calibration:
    return calibrate(shared_data / "CDNOW_sample.txt", write=False)


def test_cdnow_rows_are_counted_and_merged(cdnow: Calibration) -> None:
    t, s = cdnow.transactions, cdnow.summary
    assert (t.n_rows, t.n_merged, t.n_transactions, t.n_customers) == (6919, 223, 6696, 2357)
    assert (str(t.first_day), str(t.last_day), str(s.until)) == ("1997-01-01", "1998-06-30", "1997-09-30")
    assert (int(s.x.sum()), int(s.n_holdout.sum()), int((s.n_spend > 0).sum())) == (2457, 1882, 946)
    assert (t.n_zero, t.bad, s.n_later_customers) == (8, (), 0)


def test_cdnow_purchase_estimates_are_the_published_ones(cdnow: Calibration) -> None:
    fit = cdnow.purchase
    assert fit.converged and fit.notes == ()
    for name, value in PUBLISHED.items():
        assert fit.parameters[name] == pytest.approx(value, abs=6e-4)
        assert fit.parameters[name] == pytest.approx(REFIT[name], abs=1e-6 * max(1, value) + 5e-7)
        assert fit.standard_errors[name] == pytest.approx(STANDARD_ERRORS[name], rel=4e-4)
    assert fit.log_likelihood == pytest.approx(-9582.4292, abs=5e-5)


def test_cdnow_spend_estimates_are_the_published_ones(cdnow: Calibration) -> None:
    fit = cdnow.spend
    assert fit.converged and fit.n == 946
    for name, value in SPEND_REFIT.items():
        assert fit.parameters[name] == pytest.approx(value, abs=1e-5)
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)
    assert cdnow.correlation == pytest.approx(0.1139, abs=5e-5)


def test_cdnow_holdout_has_the_published_table(cdnow: Calibration) -> None:
    holdout = cdnow.holdout
    assert holdout is not None and holdout.weeks == 39.0
    assert {row.frequency: row.n_customers for row in holdout.rows} == {k: v[0] for k, v in HOLDOUT.items()}
    for row in holdout.rows:
        assert (row.actual, row.expected) == pytest.approx(HOLDOUT[row.frequency][1:], abs=5.1e-4)
    assert (holdout.n_actual, holdout.expected) == pytest.approx((1882, 1653.4), abs=0.05)
    assert holdout.correlation == pytest.approx(0.6256, abs=1e-4)
    assert holdout.mean_absolute_error == pytest.approx(0.7855, abs=1e-4)
    assert holdout.cumulative_until == pytest.approx((2457, 2494.0), abs=0.05)
    assert holdout.cumulative_end == pytest.approx((4339, 4160.6), abs=0.05)


def test_cdnow_readout_shows_estimates_holdout_and_counts(cdnow: Calibration) -> None:
    text = "\n".join(cdnow.lines())
    for piece in (
        "0.2426",
        "0.0126",
        "-9,582.43",
        "223 rows were merged",
        "8 purchases have amount 0",
        "0.114",
    ):
        assert piece in text
    assert [title for title, _, _ in cdnow.tables()][:2] == ["Data", "Estimates"]


def test_cdnow_shuffled_rows_give_the_same_last_digit(
    cdnow: Calibration, shared_data: Path, tmp_path: Path
) -> None:
    lines = (shared_data / "CDNOW_sample.txt").read_text().splitlines()
    np.random.default_rng(7).shuffle(lines)
    shuffled = tmp_path / "shuffled.txt"
    shuffled.write_text("\n".join(lines))
    again = calibrate(shuffled, write=False)
    assert dict(again.purchase.parameters) == dict(cdnow.purchase.parameters)
    assert dict(again.spend.parameters) == dict(cdnow.spend.parameters)
    assert again.holdout == cdnow.holdout


def test_cdnow_master_file_is_read_by_its_own_layout(shared_data: Path) -> None:
    t = read_transactions(shared_data / "CDNOW_master.txt")
    assert (t.n_rows, t.n_customers) == (69659, 23570)
    assert t.amount.sum() == pytest.approx(2_500_315.63, abs=0.005)


def test_cdnow_same_customers_by_either_number(cdnow: Calibration, shared_data: Path) -> None:
    other = read_transactions(shared_data / "CDNOW_sample.txt", columns={"customer": 2})
    assert (other.n_customers, other.n_transactions) == (2357, 6696)
    assert other.layout == "CDNOW layout, customer=2, date=3, amount=5"


def test_cdnow_until_end_uses_every_day_and_has_no_holdout(shared_data: Path) -> None:
    whole = calibrate(shared_data / "CDNOW_sample.txt", until="end", write=False)
    assert whole.holdout is None
    assert int(whole.summary.x.sum()) == 2457 + 1882
    assert "No holdout" in "\n".join(whole.lines())
