"""The two levers of a simulated plan: money to win customers, route by route, and something to keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxsim.errors import CxsimError
from cxsim.settings.acquisition import PaidRoute
from cxsim.settings.keys import nearest
from cxsim.settings.overlay import apply_changes
from cxsim.settings.schema import Config, ScenarioSpec

SPEND_KEY, PROGRAMME_KEY = "retention.spend_per_occasion", "loyalty.earn_rate"
PRESENT = "baseline"


@dataclass(frozen=True)
class Levers:
    """What a simulated plan turns up and down.

    Attributes
    ----------
    routes : dict of str to float
        Paid routes and what one time their spend is (money a day for 1,000 starting customers).
    multiples : tuple of float
        How many times that is spent on all routes, ascending, today's included.
    present_multiple : float
        Today's: 1, or 0 where nothing is spent yet.
    key : str
        The key that keeps customers.
    levels : tuple of float
        Its values, ascending, today's included.
    present_level : float
        Today's.
    """

    routes: dict[str, float]
    multiples: tuple[float, ...]
    present_multiple: float
    key: str
    levels: tuple[float, ...]
    present_level: float

    @property
    def is_per_occasion(self) -> bool:
        """Whether what keeps customers is money spent at each occasion to leave."""
        return self.key == SPEND_KEY

    def spend(self, route: str | None, multiple: float) -> float:
        """Money a day at a multiple, of one route or of all."""
        return multiple * (sum(self.routes.values()) if route is None else self.routes[route])

    def cell(self, multiple: float, level: float, route: str | None = None) -> str:
        """The name of a cell: all routes (or one, the others as today) at a multiple, keeping at a level."""
        if multiple == self.present_multiple and level == self.present_level:
            return PRESENT
        return f"{route or 'all routes'} x{multiple:g}, {self.key} {level:g}"

    def cells(self) -> dict[str, ScenarioSpec | None]:
        """Every cell by name, the present first (None: the baseline itself)."""
        found: dict[str, ScenarioSpec | None] = {PRESENT: None}
        for multiple in self.multiples:
            for level in self.levels:
                self._add(found, multiple, level, None)
            for route in self.routes if len(self.routes) > 1 else ():
                self._add(found, multiple, self.present_level, route)
        return found

    def _add(
        self, found: dict[str, ScenarioSpec | None], multiple: float, level: float, route: str | None,
    ) -> None:
        name = self.cell(multiple, level, route)
        if name in found:
            return
        changes: dict[str, Any] = {} if level == self.present_level else {self.key: level}
        if multiple != self.present_multiple:
            for one in self.routes if route is None else (route,):
                changes[f"acquisition.{one}.spend_per_day"] = self.spend(one, multiple)
        found[name] = ScenarioSpec(name=name, changes=changes)


def read_levers(config: Config, settings: Mapping[str, Any]) -> Levers:
    """The levers of a world.

    Parameters
    ----------
    config : Config
        The baseline; it needs customers and a paid route.
    settings : mapping
        `spend_multiples` (ascending), `fixed` (routes that stay as they are), `retention` with
        `key` (null: retention spend where it has a curve, otherwise the earn rate of a points programme, which
        a subscription refuses unless the programme moves who leaves) and
        `levels` (null: suited to the key).

    Raises
    ------
    CxsimError
        When the world has no customers, no paid acquisition, or nothing that keeps them; or the key or a level
        cannot be set in it.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> levers = read_levers(load(), {"spend_multiples": [0, 2], "retention": {"key": None, "levels": None}})
    >>> levers.multiples, levers.key, levers.levels
    ((0.0, 1.0, 2.0), 'loyalty.earn_rate', (0.0, 0.01, 0.03, 0.05))
    """
    refuse_market(config.market.kind)
    usable = {name: route for name, route in config.acquisition.items() if route.ceiling_entrants_per_day > 0}
    if not usable:
        raise CxsimError(
            "plan.mode=simulated: acquisition.media.ceiling_entrants_per_day=0, so media brings nobody; "
            "set acquisition=media or plan.mode=analytic")
    usable = _without_fixed(usable, settings.get("fixed", ()))
    used = {name: route.spend_per_day for name, route in usable.items() if route.spend_per_day > 0}
    present = 1.0 if used else 0.0
    routes = used or {name: route.anchor_spend_per_day for name, route in usable.items()}
    key = settings["retention"]["key"] or _default_key(config)
    level = _present_level(config, key)
    levels = settings["retention"]["levels"] or _default_levels(config, key)
    levers = Levers(routes, _with(settings["spend_multiples"], present), present, key, _with(levels, level), level)
    if len(levers.levels) < 2:
        raise CxsimError(f"plan.simulated.retention.levels={list(levels)}: holds nothing but today's "
                         f"{key}={level:g}; name other levels")
    for value in levers.levels:
        if value != level:
            apply_changes(config, {key: value}, origin="plan.simulated.retention")
    return levers


def refuse_market(kind: str) -> None:
    """Refuse a market in which there is nobody to win.

    Raises
    ------
    CxsimError
        For a contact centre; choose another market.
    """
    if kind == "contact_centre":
        raise CxsimError("plan.mode=simulated: a contact centre has no customers to acquire; choose another "
                         "market, as in market=online_retail")


def _default_key(config: Config) -> str:
    """What keeps customers in this market: money at each occasion to leave, or a programme that acts there."""
    if config.retention.is_on:
        return SPEND_KEY
    programme = config.loyalty.model_copy(update={"earn_rate": 0.01})
    if config.market.kind == "subscription" and not programme.moves_exit(True):
        raise CxsimError(
            f"plan.simulated.retention.key=null: {PROGRAMME_KEY} keeps nobody in {config.market.name} "
            "(its points move no subscriber's leaving) and retention spend has no curve; add "
            "retention=attention, or name a key and its levels, as in "
            "plan.simulated.retention.key=save_offers.share plan.simulated.retention.levels=[0.2]")
    return PROGRAMME_KEY


def _without_fixed(usable: dict[str, PaidRoute], fixed: Sequence[str]) -> dict[str, PaidRoute]:
    """Routes that may be turned up and down; those bound by contracts left out."""
    for name in fixed:
        if name not in usable:
            near = nearest(name, usable)
            raise CxsimError(f"plan.simulated.fixed=[{name}]: there is no such paid route in use; "
                             + (f"did you mean {near}?" if near else f"there are {', '.join(usable)}"))
    free = {name: route for name, route in usable.items() if name not in fixed}
    if not free:
        raise CxsimError(f"plan.simulated.fixed=[{', '.join(fixed)}]: holds every paid route, so there is none to "
                         "turn up or down; leave one out")
    return free


def _with(values: Sequence[float], present: float) -> tuple[float, ...]:
    return tuple(sorted({float(value) for value in values} | {present}))


def _present_level(config: Config, key: str) -> float:
    """What a key holds today; a number, or the value of an effect."""
    node: Any = config
    for part in key.split("."):
        node = node.get(part) if isinstance(node, dict) else getattr(node, part, None)
    node = getattr(node, "value", node)
    if isinstance(node, bool) or not isinstance(node, int | float):
        # Where there is no such key, this says so with the nearest name.
        apply_changes(config, {key: 0.0}, origin="plan.simulated.retention.key")
        raise CxsimError(f"plan.simulated.retention.key={key}: must hold a number; as in {PROGRAMME_KEY}")
    return float(node)


def _default_levels(config: Config, key: str) -> list[float]:
    if key == SPEND_KEY:
        curve = config.retention
        unit = curve.spend_per_occasion or curve.anchor_spend
        lowest = 0.0 if curve.rate(0.0) > 0.0 else 0.5
        return [unit * times for times in (lowest, 0.75, 1.0, 1.5, 2.0)]
    if key == PROGRAMME_KEY:
        return [0.01, 0.03, 0.05]
    raise CxsimError(f"plan.simulated.retention.levels=null: say which values {key} shall take, as in "
                     "plan.simulated.retention.levels=[0.1,0.2]")
