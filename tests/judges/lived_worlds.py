"""Worlds to judge: made from overrides, lived under either engine, held against theory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

import cxsim
from cxsim.engines.blueprint import Blueprint, make_blueprint, with_logging
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import run_compiled, run_replication
from cxsim.journal.tallies import COUNTERS
from cxsim.settings.overlay import apply_changes
from cxsim.settings.reference import Reference, blank_reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import make_lives

# Nothing moves a customer: no effect of satisfaction, no offers, nobody invited, nobody paid for.
NEUTRAL = ("satisfaction=none", "upsell=none", "referral=none", "acquisition=none")
MARKETS = ("online_retail", "subscription", "contact_centre")
SCENARIOS = ("points_program", "live_chat", "referral_bonus", "more_staff", "more_media")


def world(*overrides: str) -> Config:
    """A world from overrides as on the command line."""
    return cxsim.load(list(overrides))


def changed(config: Config, **changes: Any) -> Config:
    """The world with some keys changed, world keys included; ``__`` stands for a dot."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    return apply_changes(config, dotted, origin="judge", allow_world=True)


def scenario(name: str, *overrides: str) -> list[ScenarioSpec]:
    """The parts of a shipped scenario."""
    return cxsim.load_scenario(name, list(overrides)) if overrides else cxsim.load_scenario(name)


def spec(name: str, changes: dict[str, Any], **when: Any) -> ScenarioSpec:
    """A scenario of one's own."""
    return ScenarioSpec(name=name, changes=changes, **when)


def plan(
    config: Config, parts: Sequence[ScenarioSpec] = (), reference: Reference | None = None, *,
    log: bool = True,
) -> Blueprint:
    """The blueprint of a scenario, everybody logged unless said otherwise."""
    reference = reference or blank_reference(config)
    blueprint = make_lives("side", config, parts, reference).blueprint
    return with_logging(blueprint, 1.0 if log else 0.0)


def twin_plan(config: Config, reference: Reference | None = None) -> Blueprint:
    """The blueprint of the neutral twin: every link is cut."""
    blueprint = make_blueprint([config], [], reference or blank_reference(config), effects=False)
    return with_logging(blueprint, 1.0)


def live(blueprint: Blueprint, replication: int = 0, engine: str = "compiled") -> Outcome:
    """One replication."""
    return run_replication(blueprint, replication, engine)


def live_many(
    blueprint: Blueprint, n: int, reduce: Callable[[Outcome], Any], first: int = 0,
) -> list[Any]:
    """What `reduce` makes of each of n replications, in order."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda k: reduce(run_compiled(blueprint, k)), range(first, first + n)))


def counted(outcome: Outcome, name: str) -> np.ndarray:
    """A counter by segment and month (the whole run last), shared segment left out."""
    return outcome.tally[:-1, :, COUNTERS.index(name)]


def total(outcome: Outcome, name: str) -> int:
    """A counter summed over segments and months."""
    return int(counted(outcome, name)[:, :-1].sum())


def judge(values: Sequence[float], theory: float, *, within: float) -> None:
    """Replications against theory: |z| below 4, and a relative error below `within`.

    The standard error must be below half of `within`, so that the judge can fail.
    """
    sample = np.asarray(values, float)
    assert len(sample) >= 6, "a judge needs replications"
    mean, error = sample.mean(), sample.std(ddof=1) / np.sqrt(len(sample))
    assert error < 0.5 * within * abs(theory), f"too noisy to judge: {mean:.6g} +- {error:.2g}"
    z = (mean - theory) / error
    assert abs(z) < 4.0, f"simulated {mean:.6g} +- {error:.2g}, theory {theory:.6g}, z = {z:+.2f}"
    assert abs(mean / theory - 1.0) < within, f"simulated {mean:.6g}, theory {theory:.6g}"
