"""What a result rests on: every assumed effect, its range, and how well it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from cxsim.settings.prospect_rows import has_programme
from cxsim.settings.values import Effect

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

SWITCHED_OFF = "switched off"


def _prompts(config: Config) -> bool:
    return any(one.reach > 0 and one.prompts_per_year > 0 for one in config.touchpoints.values())


def _recovers(config: Config) -> bool:
    return config.recovery.p_recover > 0 or any(
        one.reach > 0 and one.p_recover > 0 for one in config.touchpoints.values())


# An effect of a mechanism that is off moves nothing, whatever its value: a key, or the group it stands in.
NEEDED: dict[str, Callable[[Config], bool]] = {
    "loyalty": lambda config: config.loyalty.has_members,
    "loyalty.goal_gradient": lambda config: config.loyalty.has_threshold,
    "loyalty.tier_gradient": lambda config: bool(config.loyalty.tiers),
    "loyalty.membership": lambda config: config.loyalty.membership.p_join > 0,
    "referral.bonus_lift": lambda config: (
        config.referral.bonus > 0 and config.referral.invitations_per_journey > 0),
    "coaching": _prompts,
    "knowledge.prompt_accuracy": _prompts,
    "knowledge.recognition": lambda config: config.needs.p_forgotten > 0,
    "automatic": lambda config: config.automatic.p_consent > 0,
    "handoff.weight": lambda config: config.handoff.integration < 1,
    "recovery.gain": _recovers,
    "prospects.loyalty_pull": lambda config: config.prospects.p_convert < 1 and has_programme(config),
    "survey.bias": lambda config: config.survey.p_answer < 1,
    "survey.extremes": lambda config: config.survey.p_answer < 1,
    "close_the_loop": lambda config: config.close_the_loop.reach > 0,
    "upsell.maturity": lambda config: config.upsell.p_offer > 0,
    "upsell.fit_weight": lambda config: config.upsell.p_offer > 0,
    "upsell.wear_out": lambda config: config.upsell.p_offer > 0,
    "employees.training": lambda config: config.employees.training.hours_per_year > 0,
}
# Effects that move nothing at another value than 0.
NEUTRAL = {"perception.mean_weight": 1.0, "automatic.attention": 1.0, "rel_rate": 1.0, "rel_exit": 1.0}


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
    worlds = {"baseline": config, **(scenarios or {})}  # A touchpoint that reaches nobody assumes nothing.
    found: dict[str, dict[Effect, list[str]]] = {}
    for name, world in worlds.items():
        for key, effect in _effects(world):
            if _is_unreached(world, key):
                continue
            places = found.setdefault(key, {}).setdefault(effect, [])
            if _moves_anything(world, key, effect):
                places.append(name)
    return [
        Assumption(key, one.value, one.low, one.high, one.evidence, one.source,
                   "all" if len(names) == len(worlds) else ", ".join(names))
        for key, versions in found.items() for one, names in versions.items()]


def _is_unreached(world: Config, key: str) -> bool:
    group, _, rest = key.partition(".")
    return group == "touchpoints" and world.touchpoints[rest.partition(".")[0]].reach == 0


def _moves_anything(world: Config, key: str, effect: Effect) -> bool:
    last = key.rpartition(".")[2]
    if last == "conversion" and world.prospects.p_convert >= 1:
        return False
    if effect.value == NEUTRAL.get(key, NEUTRAL.get(last, 0.0)) or effect.source == SWITCHED_OFF:
        return False
    return all(is_on(world) for name, is_on in NEEDED.items() if f"{key}.".startswith(f"{name}."))


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
