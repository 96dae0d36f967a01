"""Whether a scenario part can be lived in a world: when it starts, and whom it is for."""

from __future__ import annotations

from cxsim.errors import CxsimError
from cxsim.settings.audience import check_audience
from cxsim.settings.names import segment_names
from cxsim.settings.overlay import leaves, nest
from cxsim.settings.schema import Config, ScenarioSpec


def check_part(config: Config, part: ScenarioSpec) -> None:
    """Refuse a scenario part that never starts, or is for customers this world cannot tell apart.

    Parameters
    ----------
    config : Config
        The baseline's world.
    part : ScenarioSpec
        One that changes nothing is never refused.

    Raises
    ------
    CxsimError
        With the key, what is allowed, and what to do.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.settings.audience import Audience
    >>> part = ScenarioSpec(name="vip", who=Audience(segments=["shoper"]), changes={"loyalty.earn_rate": 0.03})
    >>> check_part(load(), part)
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: scenario vip: who.segments: there is no segment shoper (there are: shoppers); \
did you mean shoppers?
    """
    if not part.changes:
        return
    if part.start_day >= config.horizon_days:
        raise CxsimError(
            f"scenario {part.name}: scenario.start_day={part.start_day} is at or after the horizon "
            f"(horizon_days={config.horizon_days}); start earlier or lengthen the horizon")
    if part.who is not None:
        changes = leaves(nest(part.changes, f"scenario {part.name}"))
        check_audience(part.name, part.who, changes, kind=config.market.kind, segments=segment_names(config),
                       fraction=config.population.fraction)
