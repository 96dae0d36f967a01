"""Response curves fitted to counts: exact counts give the curve back, drawn ones as often as stated."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.theory.blattberg_deighton import ResponseCurve
from cxsim.theory.response_fit import fit_response

# EVIDENCE A9: 5 a prospect win .2 under a ceiling of .4, so the steepness is .138629.
CEILING, STEEPNESS = 0.4, 0.138629
SPENDS = (1.0, 2.0, 4.0, 8.0, 16.0)


def test_exact_counts_give_the_published_curve_back() -> None:
    curve = ResponseCurve.through(5, 0.2, 0.4)
    fitted = fit_response([(spend, 1e6, 1e6 * curve.rate(spend)) for spend in SPENDS])
    assert fitted.curve.ceiling == pytest.approx(CEILING, abs=1e-4)
    assert fitted.curve.steepness == pytest.approx(STEEPNESS, abs=1e-4)


def test_what_counts_leave_open_holds_the_truth_as_often_as_stated() -> None:
    rng, inside, n = np.random.default_rng(607), 0, 80
    curve = ResponseCurve(CEILING, STEEPNESS)
    for _ in range(n):
        won = rng.binomial(4000, [curve.rate(spend) for spend in SPENDS])
        fitted = fit_response([(spend, 4000, float(k)) for spend, k in zip(SPENDS, won, strict=True)])
        error = np.array([np.log(0.4 / 0.6), np.log(STEEPNESS)]) - [
            np.log(fitted.curve.ceiling / (1 - fitted.curve.ceiling)), np.log(fitted.curve.steepness)]
        inside += error @ np.linalg.solve(fitted.covariance, error) <= 5.991  # Chi-square, 2 degrees, 95%.
    assert abs(inside / n - 0.95) < 4 * np.sqrt(0.95 * 0.05 / n)


def test_drawn_curves_spread_as_the_covariance_says() -> None:
    curve = ResponseCurve(CEILING, STEEPNESS)
    fitted = fit_response([(spend, 4000, 4000 * curve.rate(spend)) for spend in SPENDS])
    rng = np.random.default_rng(608)
    steep = np.log([fitted.draw(rng.standard_normal(2)).steepness for _ in range(4000)])
    assert steep.std() == pytest.approx(np.sqrt(fitted.covariance[1, 1]), rel=4 / np.sqrt(8000))


@pytest.mark.parametrize(("rows", "words"), [
    ([(5, 100, 20), (5, 100, 25)], "holds 1 different spend"),
    ([(5, 100, 120), (8, 100, 25)], r"more were won \(120\) than asked \(100\)"),
    ([(2, 5000, 6000)], r"more were won \(6000\) than asked \(5000\)"),
    ([(2, 5000, 480), (5, 5000, 400)], "the curve falls, from 0.096 at a spend of 2 to 0.08 at 5"),
    ([(5, 100, 0), (8, 100, 0)], "nobody or everybody responded"),
    ([(1, 10_000, 500), (2, 10_000, 1000), (4, 10_000, 2000)], "do not level off"),
])
def test_counts_that_tell_no_curve_are_refused(rows: list, words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        fit_response(rows)
