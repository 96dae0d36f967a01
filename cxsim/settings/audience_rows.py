"""Whom each scenario part is for, as a running world holds it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from cxsim.behaviour.draws import decision
from cxsim.behaviour.parameters import AUDIENCE
from cxsim.journal.words import SOURCES
from cxsim.settings.leaving_rows import insight
from cxsim.settings.schema import ScenarioSpec

RANGES = {"tenure_days": "tenure", "orders": "orders", "quiet_days": "quiet", "satisfaction": "satisfaction"}


def make_audience(specs: Sequence[ScenarioSpec], segments: Sequence[str]) -> np.ndarray:
    """Whom the parts are for, AUDIENCE of shape (parts,).

    Examples
    --------
    >>> from cxsim.settings.audience import Audience
    >>> spec = ScenarioSpec(name="vip", who=Audience(segments=["heavy"], satisfaction=[None, 0.0]))
    >>> made = make_audience([spec], ["light", "heavy"])[0]
    >>> int(made["segments"]), made["satisfaction"].tolist(), int(made["moves"])
    (2, [-inf, 0.0], 1)
    """
    made = np.zeros(len(specs), AUDIENCE)
    for record, spec in zip(made, specs, strict=True):
        who = spec.who
        record["is_chosen"] = who is not None
        if who is None:
            continue
        record["moves"] = who.moves
        record["segments"] = _bits(segments, who.segments)
        record["sources"] = _bits(SOURCES, who.sources)
        record["salt"] = decision(f"audience/{spec.name}")
        record["share"] = who.share
        for key, name in RANGES.items():
            bounds = getattr(who, key)
            record[f"has_{name}"] = bounds is not None
            low, high = bounds or (None, None)
            record[name] = (-np.inf if low is None else low, np.inf if high is None else high)
        record["has_risk"] = who.risk_share is not None
        record["risk_cut"] = -np.inf if who.risk_share is None else special.ndtri(1.0 - who.risk_share)
        record["insight"], record["score_days"] = insight(who.auc), who.score_days or np.inf
    return made


def _bits(names: Sequence[str], chosen: Sequence[str]) -> int:
    """The chosen names as a set of bits; all of them where none is named."""
    return sum(1 << k for k, name in enumerate(names) if not chosen or name in chosen)
