"""Parameter rows of the loyalty programme."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import PROGRAMME
from cxsim.settings.schema import Config


def make_programme(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """The loyalty programme of each row, of shape (rows,).

    Parameters
    ----------
    effects : bool
        False cuts what the programme does to rates (the neutral twin).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> float(make_programme([load(["loyalty=points"])])["reward_points"][0])
    100.0
    """
    programme = np.zeros(len(configs), PROGRAMME)
    for record, config in zip(programme, configs, strict=True):
        loyalty = config.loyalty
        record["earn_rate"], record["points_per_unit"] = loyalty.earn_rate, loyalty.points_per_unit
        needed = loyalty.reward_value * loyalty.points_per_unit / loyalty.earn_rate if loyalty.earn_rate else 1.0
        record["reward_points"], record["p_enrol"] = max(1.0, round(needed)), loyalty.p_enrol
        record["p_redeem"], record["expiry_days"] = loyalty.p_redeem, loyalty.expiry_days
        record["goal_gradient"] = loyalty.goal_gradient.value if effects else 0.0
        record["reward_cost_share"] = loyalty.reward_cost_share
    return programme
