"""The reproduction number of recommendation: new customers whom one customer brings over his life.

It is the spectral radius of the matrix "converted friends of segment h per customer of segment g", counted by
the age of the customer who brings them over newcomers' lives, those already gone included, as long as the
horizon lets them live. From 1 on every generation is larger than the one before: in an endless market the
population explodes, so it is refused; in a finite market the market ends it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxsim.behaviour.effects import BIN_DAYS
from cxsim.errors import CxsimError
from cxsim.journal.ticks import DAY
from cxsim.journal.words import REFERRAL
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config
from cxsim.settings.talk_rows import invitations, p_convert

CAUTION_FROM = 0.8
FEWEST_BIRTHS = 30
FEWEST_AT_RISK = 1.0


def births_and_lives(customers: np.ndarray, until: int, n_segments: int) -> tuple[np.ndarray, np.ndarray]:
    """Converted friends and customers observed, by age of the one who brought them.

    Parameters
    ----------
    customers : structured array
        Everybody who entered, in any order.
    until : int
        The tick up to which lives were observed.
    n_segments : int
        How many segments there are.

    Returns
    -------
    births : array, shape (ages, segments, segments of the friend)
        Ages are bins of 28 days.
    lives : array, shape (ages, segments)
        Customers observed in each bin, those in part as their part.
    """
    length = BIN_DAYS * DAY
    n_ages = max(1, -(-until // length))
    births, lives = np.zeros((n_ages, n_segments, n_segments)), np.zeros((n_ages, n_segments))
    entries, segments, identities = (customers[name] for name in ("entry", "segment", "id"))
    is_new = (entries >= -1) & (entries < until)
    observed, own_segment = until - np.maximum(entries[is_new], 0), segments[is_new]
    for age in range(n_ages):
        part = np.clip(observed - age * length, 0, length) / length
        lives[age] = np.bincount(own_segment, part, n_segments)
    is_friend = (customers["source"] == REFERRAL) & (customers["n_orders"] > 0) & (entries < until)
    friends, newcomers = np.flatnonzero(is_friend), np.flatnonzero(is_new)
    newcomers = newcomers[np.argsort(identities[newcomers], kind="stable")]
    if len(newcomers) == 0:
        return births, lives
    known, wanted = identities[newcomers], customers["parent"][friends]
    places = np.minimum(np.searchsorted(known, wanted), len(newcomers) - 1)
    is_known = known[places] == wanted
    friends, parents = friends[is_known], newcomers[places[is_known]]
    ages = (entries[friends] - np.maximum(entries[parents], 0)) // length
    np.add.at(births, (np.minimum(ages, n_ages - 1), segments[parents], segments[friends]), 1.0)
    return births, lives


def reproduction_number(births: np.ndarray, lives: np.ndarray) -> float:
    """Spectral radius of the friends brought over a life; NaN where nobody new was observed.

    Examples
    --------
    >>> reproduction_number(np.array([[[2.0]], [[1.0]]]), np.array([[10.0], [5.0]]))
    0.4
    """
    if not lives.any():
        return float("nan")
    seen = lives >= FEWEST_AT_RISK
    rates = np.divide(births, lives[..., None], out=np.zeros_like(births), where=seen[..., None])
    return float(np.abs(np.linalg.eigvals(rates.sum(axis=0))).max())


def refuse_explosion(
    config: Config, reproduction: float, n_births: float = np.inf, name: str = "baseline",
) -> None:
    """Refuse recommendation that grows without end, the number in the message.

    Raises
    ------
    CxsimError
        When one customer brings at least one over his life and the market is endless.
    """
    if not reproduction >= 1.0 or config.market.size is not None or n_births < FEWEST_BIRTHS:
        return
    referral = config.referral
    raise CxsimError(
        f"referral.invitations_per_journey={referral.invitations_per_journey:g} with "
        f"referral.p_convert={referral.p_convert:g} ({name}): each customer brings {reproduction:.2f} new ones "
        "over his life (reproduction number), so the population would grow without end; lower one of them until "
        "it is below 1, or set market.size, how many people there are to win")


def scenario_reproduction(reference: Reference, base: Config, scenario: Config) -> float:
    """The reproduction number of a scenario: the baseline's, scaled by invitations and their conversion."""
    before = invitations(base.referral) * p_convert(base.referral)
    after = invitations(scenario.referral) * p_convert(scenario.referral)
    return reference.reproduction * after / before if before > 0 else 0.0


def reproduction_cautions(reference: Reference, base: Config, scenarios: Mapping[str, Config]) -> list[str]:
    """Worlds in which recommendation all but sustains itself, one sentence each; empty where there is none."""
    if base.market.size is not None:
        return []
    numbers = {"baseline": reference.reproduction}
    numbers |= {name: scenario_reproduction(reference, base, config) for name, config in scenarios.items()}
    return [f"{name}: each customer brings {number:.2f} new ones over his life by recommendation; near 1 small "
            "changes of referral.* move results by much, and from 1 on they are refused"
            for name, number in numbers.items() if number >= CAUTION_FROM]
