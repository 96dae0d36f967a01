"""Parameter rows of touchpoints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.draws import decision
from cxsim.behaviour.parameters import TOUCHPOINT_RECORD
from cxsim.behaviour.state import JOURNEYS
from cxsim.journal.words import STAGES
from cxsim.settings.names import channel_names, touchpoint_names
from cxsim.settings.schema import Config
from cxsim.settings.touchpoints import Touchpoint
from cxsim.settings.units import DAYS_PER_YEAR

# Field of the record -> key of the touchpoint, where the two hold the same number.
_SAME = {
    "reach": "reach", "minutes": "minutes", "steps": "steps", "rel_minutes": "rel_minutes",
    "rel_response": "rel_response",
    "p_failure": "p_failure", "rel_wait": "rel_wait_felt", "integration": "integration",
    "rel_failure": "rel_failure_felt", "recover": "p_recover", "teaches": "teaches", "cost": "cost_per_use",
    "by_knowledge": "by_knowledge", "needs_known": "needs_known", "first_only": "first_only",
    "after_failure": "after_failure", "offers_call_back": "offers_call_back"}


def make_touchpoints(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """Touchpoint parameters of shape (rows, touchpoints); one a row does not know reaches nobody.

    Parameters
    ----------
    effects : bool
        False cuts what touchpoints do to the acceptance of offers and to prospects (the neutral
        twin).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> make_touchpoints([load()]).shape[0]
    1
    """
    names, channels = touchpoint_names(configs), channel_names(configs)
    touchpoints = np.zeros((len(configs), len(names)), TOUCHPOINT_RECORD)
    for r, config in enumerate(configs):
        for t, name in enumerate(names):
            known = config.touchpoints.get(name)
            spec = known or next(c.touchpoints[name] for c in configs if name in c.touchpoints)
            _fill_touchpoint(touchpoints[r, t], spec, name, channels)
            if known is None:
                touchpoints[r, t]["reach"] = 0.0
            if not effects:
                touchpoints[r, t]["upsell"], touchpoints[r, t]["conversion"] = 0.0, 0.0
    return touchpoints


def _fill_touchpoint(record: np.void, spec: Touchpoint, name: str, channels: tuple[str, ...]) -> None:
    record["salt"] = decision(f"touchpoint/{name}")
    record["stage"] = STAGES.index(spec.stage)
    record["channels"] = bit_mask(spec.channels, channels)
    record["kinds"] = bit_mask(spec.journeys, JOURNEYS)
    for field, key in _SAME.items():
        record[field] = getattr(spec, key)
    record["fit"], record["upsell"] = spec.fit.value, spec.upsell.value
    record["conversion"] = spec.conversion.value
    record["delight"], record["resolve"] = spec.delight.value, spec.resolution.value
    record["prompt_rate"] = spec.prompts_per_year / DAYS_PER_YEAR


def bit_mask(chosen: Sequence[str] | None, names: Sequence[str]) -> int:
    """The names chosen as bits, by their place in `names`; all bits for None, none for unknown names.

    Examples
    --------
    >>> bit_mask(["phone", "kiosk"], ["web", "phone"]), bit_mask(None, ["web", "phone"])
    (2, 3)
    """
    return sum(1 << k for k, name in enumerate(names) if chosen is None or name in chosen)
