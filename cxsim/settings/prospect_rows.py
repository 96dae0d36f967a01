"""Parameter rows of prospects."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import PROSPECTS
from cxsim.settings.schema import Config


def has_programme(config: Config) -> bool:
    """Whether a loyalty programme is on offer that a prospect may look forward to."""
    return config.loyalty.has_members


def make_prospects(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """How prospects are convinced in each row, of shape (rows,).

    Parameters
    ----------
    effects : bool
        False cuts everything but the stated chance (the neutral twin).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> float(make_prospects([load()])["p_convert"][0])
    1.0
    """
    prospects = np.zeros(len(configs), PROSPECTS)
    for record, config in zip(prospects, configs, strict=True):
        spec = config.prospects
        record["p_convert"] = spec.p_convert
        if spec.p_convert < 1.0:
            record["logit"] = math.log(spec.p_convert / (1.0 - spec.p_convert))
        if effects:
            satisfaction = config.satisfaction
            record["slope"] = satisfaction.total_effect.value * satisfaction.share.conversion
            record["pull"] = spec.loyalty_pull.value if has_programme(config) else 0.0
        record["p_return"], record["return_days"] = spec.p_return, spec.return_days
    return prospects
