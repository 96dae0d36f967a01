"""Parameter rows of how staff work, and of what the brand learns of all its customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import PRACTICE
from cxsim.settings.employees import Employees
from cxsim.settings.schema import Config
from cxsim.settings.units import DAYS_PER_YEAR

_EFFECTS = (
    "quality_sd", "speed_sd", "learning", "haste", "care", "fatigue_time", "fatigue_quality", "turnover_fatigue",
    "turnover_morale", "morale_satisfaction", "morale_fatigue", "morale_quality")
_NUMBERS = ("experienced_after", "fatigue_days", "fatigue_from", "morale_days", "hiring_cost")


def make_practice(configs: Sequence[Config]) -> np.ndarray:
    """How staff work in each row, of shape (rows,); days that are null in the configuration are 0.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> practice = make_practice([load()])
    >>> float(practice["training_rel_time"][0]), float(practice["fatigue_from"][0])
    (1.0, 0.75)
    """
    practice = np.zeros(len(configs), PRACTICE)
    for record, config in zip(practice, configs, strict=True):
        _fill_employees(record, config.employees)
        known = config.knowledge
        record["knowledge_start"], record["knowledge_ceiling"] = known.population_start, known.population_ceiling
        # Interactions, for the customers there are; a world without any counts as one customer.
        record["knowledge_scale"] = known.population_scale * max(1, config.n_customers) / 1000.0
        record["knowledge_exponent"] = known.population_exponent.value
        record["knowledge_days"] = known.memory_days
    return practice


def _fill_employees(record: np.void, spec: Employees) -> None:
    for name in _EFFECTS:
        record[name] = getattr(spec, name).value
    for name in _NUMBERS:
        record[name] = getattr(spec, name)
    record["erosion_days"], record["restoring_days"] = spec.erosion_days or 0.0, spec.restoring_days or 0.0
    record["turnover_per_day"] = spec.turnover_per_year / DAYS_PER_YEAR
    training = spec.training
    record["training_quality"] = training.quality.value * training.effect
    record["training_rel_sd"] = 1.0 - training.narrowing.value * training.effect
    record["training_rel_time"] = 1.0 - training.speed.value * training.effect
    record["training_resolve"] = training.resolution.value * training.effect
