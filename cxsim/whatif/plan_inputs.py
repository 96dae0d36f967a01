"""What the analytic planner needs to know: a margin, a discount rate, two response curves and budgets, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from difflib import get_close_matches

from cxsim.errors import CxsimError
from cxsim.theory.blattberg_deighton import Economics, ResponseCurve

_ANCHOR_KEYS = ("spend", "observed_rate", "ceiling", "observations")
_KEYS = {
    "": ("mode", "evidence", "source", "margin", "discount_rate", "acquisition", "retention", "budgets",
         "simulated", "ranges", "draws", "calendar"),
    "acquisition": _ANCHOR_KEYS,
    "retention": _ANCHOR_KEYS,
    "budgets": ("lowest", "highest", "steps"),
}
_OPTIONAL = ("mode", "evidence", "source", "simulated", "ranges", "draws", "calendar", "observations")
_MOST_STEPS = 10_000
_SHARE = "above 0 and below 1; write 20% as 0.2"


@dataclass(frozen=True)
class Anchor:
    """One observed point of a response curve, money and shares, and the ceiling of the curve."""

    spend: float
    observed_rate: float
    ceiling: float


@dataclass(frozen=True)
class PlanInputs:
    """What the analytic planner needs to know; made from a config by `read_inputs`.

    Parameters
    ----------
    margin : money a customer brings per period, before retention spend.
    discount_rate : share per period.
    acquisition, retention : observed points and ceilings; spend per prospect, and per customer and
        period; what is spent now is the plan's present point.
    lowest, highest, steps : the budgets of the table, money per prospect, evenly spaced.
    evidence, source : label of the figures and where they come from.
    """

    margin: float
    discount_rate: float
    acquisition: Anchor
    retention: Anchor
    lowest: float
    highest: float
    steps: int
    evidence: str = "placeholder"
    source: str = ""

    def market(self) -> Economics:
        """The same as economics with response curves."""
        curves = [ResponseCurve.through(*astuple(point)) for point in (self.acquisition, self.retention)]
        return Economics(self.margin, self.discount_rate, *curves)


def read_inputs(settings: Mapping[str, object]) -> PlanInputs:
    """Check a plain mapping (the `plan` group of the config) and make it the planner's inputs.

    Parameters
    ----------
    settings : keys margin, discount_rate, acquisition, retention (each spend, observed_rate,
        ceiling), budgets (lowest, highest, steps); optional mode, evidence, source.

    Raises
    ------
    CxsimError
        For an unknown or missing key, or a value out of range; the message names the key, the
        value and what is allowed.

    Source
    ------
    Blattberg & Deighton (1996) for the one-point calibration of the curves.

    Examples
    --------
    >>> read_inputs({"margn": 50})
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: plan.margn: unknown key; did you mean plan.margin?
    """
    _check_keys("", settings)
    mode = settings.get("mode", "analytic")
    if mode != "analytic":
        raise CxsimError(f"plan.mode={mode}: must be analytic for response curves; set plan.mode=analytic")
    lowest = _number(settings, "budgets.lowest")
    beyond = f"above budgets.lowest ({lowest:g})"
    steps = _number(settings, "budgets.steps", 1, _MOST_STEPS + 1, f"from 2 to {_MOST_STEPS} rows")
    if steps != int(steps):
        raise CxsimError(f"plan.budgets.steps={steps:g}: must be a whole number of rows")
    return PlanInputs(
        margin=_number(settings, "margin"),
        discount_rate=_number(settings, "discount_rate", 0, 1, _SHARE),
        acquisition=_anchor(settings, "acquisition"),
        retention=_anchor(settings, "retention"),
        lowest=lowest,
        highest=_number(settings, "budgets.highest", lowest, words=beyond),
        steps=int(steps),
        evidence=str(settings.get("evidence", "placeholder")),
        source=str(settings.get("source", "")),
    )


def _check_keys(section: str, settings: object) -> None:
    path = f"plan.{section}." if section else "plan."
    if not isinstance(settings, Mapping):
        raise CxsimError(f"{path[:-1]}={settings}: must hold the keys {', '.join(_KEYS[section])}")
    for key in settings:
        if key not in _KEYS[section]:
            near = get_close_matches(str(key), _KEYS[section], n=1)
            cure = f"did you mean {path}{near[0]}?" if near else f"allowed are {', '.join(_KEYS[section])}"
            raise CxsimError(f"{path}{key}: unknown key; {cure}")
    for key in _KEYS[section]:
        if key not in settings and key not in _OPTIONAL:
            raise CxsimError(f"{path}{key}: missing; the analytic planner needs it")
        if key in _KEYS:
            _check_keys(key, settings[key])


def _anchor(settings: Mapping[str, object], section: str) -> Anchor:
    spend = _number(settings, f"{section}.spend")
    rate = _number(settings, f"{section}.observed_rate", 0, 1, _SHARE)
    ceiling = _number(settings, f"{section}.ceiling", -math.inf)
    if not rate < ceiling <= 1:
        raise CxsimError(
            f"plan.{section}.ceiling={ceiling:g}: must lie between {section}.observed_rate ({rate:g}) and 1; "
            "it is the share that no spend could exceed"
        )
    return Anchor(spend, rate, ceiling)


def _number(
    settings: Mapping[str, object], path: str, above: float = 0.0, below: float = math.inf, words: str = ""
) -> float:
    value: object = settings
    for key in path.split("."):
        value = value[key]  # type: ignore[index]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise CxsimError(f"plan.{path}={value}: must be a finite number, without a unit or a % sign")
    if not above < value < below:
        raise CxsimError(f"plan.{path}={value:g}: must be {words or f'above {above:g}'}")
    return float(value)
