"""Ranges typed on the command line: ``key=interval(0,0.06)``, ``key=range(0,4)``, ``key=a,b,c``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep
from pydantic import ValidationError

from cxsim.config.folders import groups
from cxsim.config.overrides import LIST_GROUPS, values_of
from cxsim.errors import CxsimError
from cxsim.whatif.optimize_options import LeverBounds


def ranges_typed(overrides: Sequence[Override]) -> dict[str, LeverBounds]:
    """Bounds or choices of every key that was given several values.

    Raises
    ------
    CxsimError
        Where a whole group is given several options: move single keys, or name scenarios.

    Examples
    --------
    >>> from cxsim.config.overrides import parse
    >>> found = ranges_typed(parse(["loyalty.earn_rate=interval(0,0.06)", "referral.bonus=0,5,10"]))
    >>> found["loyalty.earn_rate"].high, found["referral.bonus"].choices
    (0.06, [0, 5, 10])
    """
    return {str(one.key_or_group): _bounds(one) for one in overrides}


def _bounds(override: Override) -> LeverBounds:
    key = str(override.key_or_group)
    if key in groups() or key in LIST_GROUPS:
        raise CxsimError(f"{override.input_line}: a lever is a single key, as in {key}.KEY=interval(0,1); whole "
                         "scenarios that may be in or out are named in optimize.scenarios=[...]")
    value: Any = override.value()
    try:
        if isinstance(value, IntervalSweep):
            return LeverBounds(low=value.start, high=value.end)
        if isinstance(value, RangeSweep) and value.step == 1:
            first, last = int(value.start or 0), int(value.stop or 0) - 1
            return LeverBounds(low=first, high=last)
        return LeverBounds(choices=values_of(override))
    except (ValidationError, TypeError, ValueError) as error:
        raise CxsimError(f"{override.input_line}: cannot be read as a range ({error}); write "
                         f"{key}=interval(LOW,HIGH)") from None
