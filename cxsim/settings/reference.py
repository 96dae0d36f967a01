"""The reference experience: what the baseline delivers, held fixed for every scenario compared with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

from cxsim.behaviour.effects import BIN_DAYS, N_GROUPS
from cxsim.behaviour.state import EXIT_BINS, JOURNEYS, LINKS, MOMENTS
from cxsim.settings.links import moved_links
from cxsim.settings.names import channel_names, segment_names
from cxsim.settings.schema import Config, Survey


@dataclass(frozen=True)
class Reference:
    """Intercepts and anchors found once from the baseline (MODEL of the reference experience).

    Attributes
    ----------
    kappa : array, shape (links, segments, groups, bins)
        Log intercepts; groups are starters and newcomers by experience (exit: starters under the
        first, newcomers under the fourth), bins are 28 days in the run (exit: number of the exposure,
        but in contracts of 56 days or more).
    is_moved : array of int64, shape (links,)
        1 where anything moves the link; 0 means kappa is exactly 0 and was not estimated.
    anchor : array, shape (segments, kinds of journey, read-outs, 2)
        Mean and standard deviation in the baseline of the quality of an episode, satisfaction (all
        kinds together, under the first), satisfaction with a journey, the quality of a contact,
        effort, and the quality of the solution.
    waits : array, shape (channels, 24)
        Mean wait in minutes by hour, published on day 0.
    referred_per_day : array, shape (bins,)
        Customers a day brought by recommendation in the baseline, by 28 days of the calendar.
    arrival_pull : array, shape (bins,)
        What talk and ratings multiply organic arrivals by in the baseline, by 28 days of the calendar.
    contacts : array, shape (channels, 7, 24)
        Contacts at desks in the baseline by weekday (0 is Monday) and hour, of the whole population.
    contact_trend : array, shape (channels, bins)
        How many there are against that, by 28 days of the calendar.
    reproduction : float
        New customers whom one customer brings by recommendation over a life of the horizon's length.
    check : list of dict
        The judgement with fresh luck: metric, period, gap, standard error, verdict.
    passes : int
        How many passes it took to settle (0: nothing had to be estimated).
    unsettled : float
        By how much the worst intercept still moved in the last pass, where it was found from a neighbour's.
    digest : str
        Digest of every baseline key that can move it.
    """

    kappa: np.ndarray
    is_moved: np.ndarray
    anchor: np.ndarray
    waits: np.ndarray
    referred_per_day: np.ndarray
    arrival_pull: np.ndarray = field(default_factory=lambda: np.ones(1))
    contacts: np.ndarray = field(default_factory=lambda: np.zeros((0, 7, 24)))
    contact_trend: np.ndarray = field(default_factory=lambda: np.ones((0, 1)))
    reproduction: float = 0.0
    check: list[dict[str, Any]] = field(default_factory=list)
    passes: int = 0
    unsettled: float = 0.0
    digest: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, for the resolved configuration of a run."""
        return {name: value.tolist() if isinstance(value, np.ndarray) else value
                for name, value in self.__dict__.items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Reference:
        """The inverse of :meth:`to_dict`."""
        arrays = {"kappa": float, "is_moved": np.int64, "anchor": float, "waits": float,
                  "referred_per_day": float, "arrival_pull": float, "contacts": float, "contact_trend": float}
        return cls(**{name: np.asarray(value, arrays[name]) if name in arrays else value
                      for name, value in data.items()})


def n_bins(config: Config) -> int:
    """Bins of 28 days that the horizon holds, and at least those of the exit link."""
    return max(-(-config.horizon_days // BIN_DAYS), EXIT_BINS)


def blank_reference(config: Config) -> Reference:
    """The reference before anything was measured: no intercepts, no waits, unit spreads."""
    n_segments = len(segment_names(config))
    anchor = np.zeros((n_segments, len(JOURNEYS), len(MOMENTS), 2))
    anchor[..., 1] = 1.0
    return Reference(
        kappa=np.zeros((len(LINKS), n_segments, N_GROUPS, n_bins(config))),
        is_moved=moved_links(config),
        anchor=anchor,
        waits=np.zeros((len(channel_names([config])), 24)),
        referred_per_day=np.zeros(n_bins(config)),
        arrival_pull=np.ones(n_bins(config)),
    )


def make_cuts(survey: Survey, n_segments: int) -> np.ndarray:
    """Cut points of the read-outs so that the baseline answers as stated, shape (segments, 4, 10).

    The latent of an answer has variance 1 + noise^2 in the baseline.
    """
    spread = np.hypot(1.0, survey.noise_sd)
    cuts = np.full((4, 10), np.inf)
    shares = (survey.nps_shares, survey.csat_shares, survey.csat_shares, survey.ces_shares)
    for k, values in enumerate(shares):
        below = np.clip(np.cumsum(values)[:-1], 0.0, 1.0)
        cuts[k, : len(below)] = spread * special.ndtri(below)
    return np.repeat(cuts[None], n_segments, axis=0)
