"""Optuna as the search: its tree-structured Parzen estimator asks, the paired grid answers.

Bergstra, Bardenet, Bengio & Kégl (2011), Advances in Neural Information Processing Systems 24. Optuna comes with
the extra ``opt``; the first points are those of the default search, so that both start alike.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.whatif.levers import Lever, Point, Space
from cxsim.whatif.searching import Told, first_sample

BREAKS = "breaks"
# Asked so often in vain for something new, the search is over.
PATIENCE = 50


def load_optuna() -> Any:
    """The package, where it is installed.

    Raises
    ------
    CxsimError
        Where it is not: ``pip install 'cxsim[opt]'``, or ``optimize.search=scipy``.
    """
    try:
        import optuna
    except ImportError:
        raise CxsimError("optimize.search=optuna: Optuna is not installed; run pip install 'cxsim[opt]', or set "
                         "optimize.search=scipy") from None
    return optuna


class OptunaSearch:
    """A search by Optuna's TPE sampler; parameters as :class:`cxsim.whatif.searching.SurfaceSearch`.

    Raises
    ------
    CxsimError
        When Optuna is not installed: ``pip install 'cxsim[opt]'``, or ``optimize.search=scipy``.
    """

    def __init__(self, space: Space, rng: np.random.Generator, n_start: int, *, n_limits: int = 0) -> None:
        optuna = load_optuna()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.space, self.n_limits = space, n_limits
        self._optuna = optuna
        self._start = first_sample(space, rng, n_start)
        self._distributions = {lever.key: _distribution(optuna, lever) for lever in space.levers}
        self._rng = rng
        self._asked: list[Point] = []
        self._study = self._fresh(())

    def _fresh(self, told: Sequence[Told]) -> Any:
        """A study that knows what was told; figures may have become more exact, so it is made anew."""
        optuna = self._optuna

        def constraints(trial: Any) -> Sequence[float]:
            return tuple(trial.user_attrs[BREAKS])

        with warnings.catch_warnings():
            # Newer releases have another way to say constraints, older ones this one alone.
            warnings.simplefilter("ignore")
            sampler = optuna.samplers.TPESampler(
                seed=int(self._rng.integers(2**31)), n_startup_trials=1, multivariate=True, constant_liar=True,
                constraints_func=constraints if self.n_limits else None)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        for one in told:
            if np.isfinite(one.worth):
                study.add_trial(optuna.trial.create_trial(
                    params={key: _plain(v) for key, v in zip(self.space.keys, one.point, strict=True)},
                    distributions=self._distributions, value=one.worth,
                    user_attrs={BREAKS: list(one.breaks)},
                    system_attrs={"constraints": list(one.breaks)} if self.n_limits else {}))
        return study

    def ask(self, n: int) -> list[Point]:
        """Up to n points not asked for before: of the first sample, then Optuna's."""
        chosen = self._start[:n]
        self._start = self._start[len(chosen):]
        vain = 0
        while not chosen or (len(chosen) < n and vain < PATIENCE and not self._start and self._asked):
            trial = self._study.ask(self._distributions)
            point = tuple(self._value(lever, trial.params[lever.key]) for lever in self.space.levers)
            if point in self._asked or point in chosen:
                vain += 1
                if vain >= PATIENCE:
                    break
                continue
            chosen.append(point)
        self._asked += chosen
        return chosen

    def tell(self, told: Sequence[Told]) -> None:
        """Everything known so far."""
        self._study = self._fresh(told)

    @staticmethod
    def _value(lever: Lever, raw: Any) -> Any:
        return raw if lever.choices or lever.is_whole else lever.value(lever.unit(raw))


def _distribution(optuna: Any, lever: Lever) -> Any:
    if lever.choices:
        return optuna.distributions.CategoricalDistribution(lever.choices)
    if lever.is_whole:
        return optuna.distributions.IntDistribution(int(lever.low), int(lever.high))
    return optuna.distributions.FloatDistribution(lever.low, lever.high)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
