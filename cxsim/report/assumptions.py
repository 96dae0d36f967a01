"""What a result rests on: every assumed effect, its range, and how well it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pydantic import BaseModel

from cxsim.settings.values import Effect

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

SWITCHED_OFF = "switched off"


# An effect of a mechanism that is off moves nothing, whatever its value.
NEEDED = {
    "loyalty.goal_gradient": ("loyalty.earn_rate",),
    "referral.bonus_lift": ("referral.bonus", "referral.invitations_per_journey"),
}


@dataclass(frozen=True)
class Assumption:
    """One effect as it is set in some worlds; `where` names those in which it moves anything.

    `where` is "all" if it does in every world, and empty if in none: 0, switched off, or part of a
    mechanism that is off.
    """

    key: str
    value: float
    low: float
    high: float
    evidence: str
    source: str
    where: str = "all"

    @property
    def is_in_play(self) -> bool:
        """Whether it moves anything in any of the worlds."""
        return bool(self.where)


def _effects(node: object, path: str = "") -> Iterator[tuple[str, Effect]]:
    if isinstance(node, Effect):
        yield path, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _effects(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _effects(value, f"{path}.{name}" if path else str(name))


def find_assumptions(config: Config, scenarios: Mapping[str, Config] | None = None) -> list[Assumption]:
    """Every effect of the baseline, those that a scenario sets otherwise, and where each is in play.

    Parameters
    ----------
    config : Config
        The baseline.
    scenarios : mapping of str to Config, optional
        Resolved configuration of each scenario.

    Returns
    -------
    list of Assumption
        In the order of the configuration; a scenario's own value follows the baseline's.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> "satisfaction.total_effect" in [one.key for one in find_assumptions(load())]
    True
    """
    worlds = {"baseline": config, **(scenarios or {})}
    found: dict[str, dict[Effect, list[str]]] = {}
    for name, world in worlds.items():
        for key, effect in _effects(world):
            places = found.setdefault(key, {}).setdefault(effect, [])
            if _moves_anything(world, key, effect):
                places.append(name)
    return [
        Assumption(key, one.value, one.low, one.high, one.evidence, one.source,
                   "all" if len(names) == len(worlds) else ", ".join(names))
        for key, versions in found.items() for one, names in versions.items()]


def _moves_anything(world: Config, key: str, effect: Effect) -> bool:
    if effect.value == 0.0 or effect.source == SWITCHED_OFF:
        return False
    return all(reduce(getattr, needed.split("."), world) > 0 for needed in NEEDED.get(key, ()))


def placeholder_share(assumptions: list[Assumption]) -> tuple[int, int]:
    """How many of the assumptions in play nobody has evidence for: (placeholders, in play).

    Examples
    --------
    >>> placeholder_share([Assumption("a", 1.0, 0.0, 2.0, "placeholder", ""),
    ...                    Assumption("b", 1.0, 0.0, 2.0, "published", "page 3")])
    (1, 2)
    """
    in_play = [one for one in assumptions if one.is_in_play]
    return sum(one.evidence == "placeholder" for one in in_play), len(in_play)
