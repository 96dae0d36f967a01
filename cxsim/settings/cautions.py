"""Cautions: worlds that can be lived but whose results may mislead; said before the run, kept in its manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cxsim.settings.loyalty_checks import loyalty_cautions
from cxsim.settings.overlay import apply_changes, combine
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.settings.worth import gifts_above_worth

USUAL_WINDOW_DAYS = 180
MOST_NAMED = 3
# With so many, the rate of contacts at a desk is known to a few per cent.
FEWEST_SIMULATED = 1000


def _short_horizon(config: Config) -> list[str]:
    """A run that ends before what it shall show can happen."""
    days, market, found = config.horizon_days, config.market, []
    if market.kind == "transactional" and market.active_window_days is None and days < USUAL_WINDOW_DAYS:
        found.append(
            f"horizon_days={days}: is shorter than the {USUAL_WINDOW_DAYS} days after an order in which customers "
            f"usually count as active; here they count for {config.active_window_days}, so retention is not that "
            "of a longer run; lengthen the horizon or set market.active_window_days")
    if market.kind == "subscription" and days < market.renewal_days:
        found.append(
            f"horizon_days={days}: is shorter than one period (market.renewal_days={market.renewal_days}), so no "
            "newcomer renews in this run; lengthen the horizon to see what changes renewals")
    arrives = config.delivery.days + config.delivery.use_days
    if market.kind != "contact_centre" and days <= arrives:
        found.append(
            f"horizon_days={days}: an order is delivered and used after {arrives:g} days (delivery.days + "
            "delivery.use_days), so hardly any journey is judged in this run; lengthen the horizon")
    return found


def _few_simulated(config: Config) -> list[str]:
    """A fraction so small that little is known of the contacts of those left out."""
    few = config.n_simulated
    has_desk = any(channel.kind == "staffed" and channel.share > 0 for channel in config.channels.values())
    if config.population.fraction == 1.0 or few >= FEWEST_SIMULATED or few == 0 or not has_desk:
        return []
    return [f"population.fraction={config.population.fraction:g}: simulates {few:,} customers, and the load that "
            "all others put on the desks is read off their contacts alone, so waits are uncertain; raise it until "
            f"{FEWEST_SIMULATED:,} are simulated"]


# Every caution there is; a mechanism adds its own function of a configuration, from its own file.
CAUTIONS: tuple[Callable[[Config], list[str]], ...] = (
    _short_horizon, _few_simulated, gifts_above_worth, loyalty_cautions)


def cautions(config: Config) -> list[str]:
    """What to know before this world is lived, one sentence each; empty where there is nothing.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> cautions(load())
    []
    >>> cautions(load(["market=telecom", "horizon_days=200"]))[0].partition(":")[0]
    'horizon_days=200'
    """
    return [sentence for find in CAUTIONS for sentence in find(config)]


def scenario_worlds(
    config: Config, scenarios: Sequence[Sequence[ScenarioSpec]], baseline: Sequence[ScenarioSpec] = (),
) -> dict[str, Config]:
    """The baseline's and each scenario's world with all its parts active, by name.

    Raises
    ------
    CxsimError
        When parts contradict each other or a change is impossible.
    """
    worlds = {"baseline": _world(config, baseline)}
    for parts in scenarios:
        worlds["+".join(part.name for part in parts)] = _world(config, parts)
    return worlds


def _world(config: Config, parts: Sequence[ScenarioSpec]) -> Config:
    active = [part for part in parts if part.changes]
    if not active:
        return config
    together = combine(active)
    return apply_changes(config, together.changes, origin=f"scenario {together.name}")


def cautions_of_worlds(worlds: Mapping[str, Config]) -> list[str]:
    """The cautions of several worlds, each sentence once; one the first world lacks names those it is for.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> short, long = load(["horizon_days=90"]), load()
    >>> cautions_of_worlds({"baseline": long, "brief": short})[0].partition(":")[0]
    'brief'
    """
    found: dict[str, list[str]] = {}
    for name, config in worlds.items():
        for sentence in cautions(config):
            found.setdefault(sentence, []).append(name)
    first = next(iter(worlds), "")
    return [sentence if first in names else f"{_listed(names)}: {sentence}" for sentence, names in found.items()]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
