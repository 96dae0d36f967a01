"""Bass: the closed form against published values and its own differential equation, the chain against both."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from cxsim.errors import CxsimError
from cxsim.theory import bass

# p = .03, q = .38: the average over many products (Sultan, Farley & Lehmann 1990).
CURVE = (.03576, .08506, .15050, .23315, .33120, .43924, .54901, .65174, .74073, .81280, .86807, .90869, .93762,
         .95778, .97161)


def test_closed_form_gives_the_reference_curve():
    np.testing.assert_allclose(bass.adopted_share(np.arange(1, 16), 0.03, 0.38), CURVE, atol=5e-6)


def test_peak_is_where_adoption_is_fastest():
    peak = bass.peak_time(0.03, 0.38)
    assert peak == pytest.approx(6.1926, abs=5e-5)
    assert bass.adopted_share(peak, 0.03, 0.38) == pytest.approx(0.46053, abs=5e-6)
    speed = np.diff(bass.adopted_share([peak - 1e-4, peak + 1e-4], 0.03, 0.38))[0] / 2e-4
    assert speed == pytest.approx(0.110592, abs=1e-6)
    assert bass.peak_time(0.4, 0.3) == 0.0


def test_closed_form_solves_its_equation():
    solved = integrate.solve_ivp(lambda t, f: (0.03 + 0.38 * f) * (1 - f), (0, 15), [0.0], rtol=1e-10, atol=1e-12,
                                 t_eval=[5.0, 10.0, 15.0])
    np.testing.assert_allclose(solved.y[0], bass.adopted_share([5, 10, 15], 0.03, 0.38), rtol=1e-7)


def test_recursion_with_small_steps_is_the_closed_form():
    steps = 100
    share = bass.adopters_by_step(10 * steps, 10**6, 0, 0.03 / steps, 0.38 / steps)[::steps] / 10**6
    np.testing.assert_allclose(share, bass.adopted_share(np.arange(11), 0.03, 0.38), atol=2e-3)


def test_chain_is_a_distribution_and_its_mean_nears_the_recursion_in_a_large_market():
    gaps = []
    for size in (50, 400):
        chain = bass.adopters_chain(30, size, 0, 0.01, 0.2)
        assert chain.sum() == pytest.approx(1.0) and (chain >= 0).all()
        mean = (chain * np.arange(size + 1)).sum()
        gaps.append(abs(mean / bass.adopters_by_step(30, size, 0, 0.01, 0.2)[-1] - 1))
    assert gaps[0] > 4 * gaps[1] > 0  # the small market lags: chance slows what feeds on itself


def test_chain_without_imitation_is_binomial():
    from scipy.stats import binom

    chain = bass.adopters_chain(7, 40, 5, 0.05, 0.0)
    np.testing.assert_allclose(chain[5:], binom.pmf(np.arange(36), 35, 1 - np.exp(-0.35)), atol=1e-12)


def test_impossible_numbers_are_refused():
    for call in (lambda: bass.adopted_share(-1, 0.03, 0.38), lambda: bass.adopted_share(1, 0.0, 0.38),
                 lambda: bass.adopters_chain(3, 10, 0, -0.1, 0.1)):
        with pytest.raises(CxsimError, match="give"):
            call()
