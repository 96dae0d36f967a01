"""Parameter rows of leaving and coming back."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from cxsim.behaviour.parameters import LEAVING
from cxsim.errors import CxsimError
from cxsim.settings.schema import Config

HOURS_PER_DAY = 24.0


def make_leaving(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """How customers of each row leave, are kept and come back, of shape (rows,).

    Parameters
    ----------
    effects : bool
        False cuts what failed payments, unanswered complaints and save offers do to leaving (the neutral
        twin). Win-back stays: the laws of leaving tell of a first life, what follows it is lived by both.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> rows = make_leaving([load(["market=subscription", "analytics.auc=1"])])
    >>> round(float(rows["insight"][0]), 9)
    1.0
    """
    rows = np.zeros(len(configs), LEAVING)
    habitual = configs[0].retention.spend_per_occasion
    for row, config in zip(rows, configs, strict=True):
        _fill_payment(row, config, effects)
        _fill_complaints(row, config, effects)
        _fill_save_offers(row, config, effects)
        _fill_win_back(row, config)
        _fill_retention(row, config, habitual)
    return rows


def insight(auc: float) -> float:
    """The correlation of score and true normal score that gives a stated area under the curve.

    For halves of a bivariate normal AUC = 1/2 + (2/pi) asin(rho / sqrt 2).

    Examples
    --------
    >>> insight(0.5), round(insight(0.75), 6)
    (0.0, 0.541196)
    """
    return min(1.0, math.sqrt(2.0) * math.sin(math.pi / 2.0 * (auc - 0.5)))


def _fill_payment(row: np.void, config: Config, effects: bool) -> None:
    payment = config.payment
    row["p_failure"] = payment.p_failure if effects else 0.0
    row["p_recovered"], row["recovery_cost"] = payment.p_recovered, payment.recovery_cost
    row["payment_hazard"] = -math.log1p(-row["p_failure"] * (1.0 - payment.p_recovered))


def _fill_complaints(row: np.void, config: Config, effects: bool) -> None:
    told = config.complaints
    row["p_complain"], row["p_answered"] = told.p_complain, told.p_answered
    row["answer_days"] = told.answer_hours / HOURS_PER_DAY
    row["patience_days"] = told.patience_hours / HOURS_PER_DAY
    row["answer_gain"], row["gain_days"] = told.gain.value, told.memory_days
    row["answer_cost"] = told.cost_per_answer
    row["grievance"] = -math.log1p(-told.p_exit.value) if effects else 0.0


def _fill_save_offers(row: np.void, config: Config, effects: bool) -> None:
    offers = config.save_offers
    row["insight"], row["known_days"] = insight(config.analytics.auc), config.analytics.delay_days
    row["offer_share"], row["offer_cut"] = offers.share, -special.ndtri(offers.share)
    row["offer_effect"] = offers.effect.value if effects else 0.0
    row["p_take"], row["discount"] = offers.p_take, offers.discount
    row["most_offers"] = offers.max_per_customer


def _fill_win_back(row: np.void, config: Config) -> None:
    back = config.win_back
    row["reach"], row["quiet_days"], row["p_return"] = back.reach, back.after_days, back.p_return
    row["return_satisfaction"] = back.satisfaction.value
    row["return_offer"], row["contact_cost"] = back.offer_value, back.cost_per_contact
    row["most_contacts"], row["rel_hazard"] = back.max_attempts, back.rel_hazard


def _fill_retention(row: np.void, config: Config, habitual: float) -> None:
    """What is spent on everybody who may leave; of the baseline's own spend its history already tells."""
    row["care_cost"] = config.retention.spend_per_occasion
    try:
        row["care_exit"] = config.retention.log_multiplier(habitual)
    except ValueError as error:
        raise CxsimError(str(error)) from None
