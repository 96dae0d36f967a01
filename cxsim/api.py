"""The Python interface: load a world, simulate it, compare scenarios; names as on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from cxsim.config.loading import load, load_scenario
from cxsim.engines.estimate import Estimate, estimate
from cxsim.errors import CxsimError
from cxsim.settings.refusal import refusal
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif import compare as comparing
from cxsim.whatif.cell import Progress, silent
from cxsim.whatif.compare import Comparison
from cxsim.whatif.depth import Depth
from cxsim.whatif import optimize as optimizing
from cxsim.whatif.optimize import Optimum
from cxsim.whatif.optimize_options import OptimizeOptions
from cxsim.whatif import sensitivity as sensing
from cxsim.whatif.sensitivity import Sensitivity
from cxsim.whatif.sensitivity_options import SensitivityOptions
from cxsim.whatif.simulate import Run, simulate

__all__ = [
    "Comparison", "Config", "Depth", "Estimate", "Optimum", "Run", "ScenarioSpec", "Sensitivity", "compare",
    "estimate", "load", "load_scenario", "optimize", "sensitivity", "simulate"]

Scenario = str | ScenarioSpec | Sequence[ScenarioSpec]


def compare(
    config: Config, scenarios: Sequence[Scenario], *, baseline: Scenario = "none", progress: Progress = silent,
    depth: Depth | Mapping[str, Any] | None = None, **kwargs: Any,
) -> Comparison:
    """Compare scenarios with a baseline, paired replication by replication.

    Parameters
    ----------
    config : Config
        The world, from :func:`cxsim.load`.
    scenarios : sequence
        Names of shipped or own scenarios (``"points_program"``, ``"points_program+live_chat"``),
        :class:`ScenarioSpec` objects, or lists of them (the parts of one scenario).
    baseline : name or ScenarioSpec
        Another baseline than the market itself.
    progress : callable
        Called with (name, done, total) after each cell.
    depth : Depth or mapping
        Further analyses, by the keys of ``depth`` on the command line: ``{"draws": 100}``.
    **kwargs
        As :func:`cxsim.whatif.compare.compare`.

    Returns
    -------
    Comparison
        Its `comparison` table holds paired differences with intervals.

    Raises
    ------
    CxsimError
        When a scenario is unknown (with the nearest name), named twice or impossible in this world.

    Examples
    --------
    >>> import cxsim
    >>> config = cxsim.load(["n_customers=200", "horizon_days=60", "replications=3", "reference.customers=2000"])
    >>> result = cxsim.compare(config, ["points_program"])
    >>> result.comparison.select(metric="profit", period="total", segment="all")["replications"].tolist()
    [3]
    """
    if isinstance(scenarios, str | ScenarioSpec):
        scenarios = [scenarios]
    if not scenarios:
        raise CxsimError("scenarios: the list is empty; name at least one, as in [\"points_program\"]")
    sides = [_parts(scenario) for scenario in scenarios]
    return comparing.compare(config, sides, baseline=_parts(baseline), progress=progress,
                             depth=_depth(depth or {}), **kwargs)


def optimize(
    config: Config, levers: Mapping[str, Any], *, scenarios: Sequence[Scenario] = (), progress: Progress = silent,
    **asked: Any,
) -> Optimum:
    """Find the levers that make a metric best, under a budget and other limits.

    Parameters
    ----------
    config : Config
        The world, from :func:`cxsim.load`; levers act on the scenario side only.
    levers : mapping
        Key to ``(low, high)``, or to ``{"choices": [...]}``.
    scenarios : sequence
        Scenarios that may be in or out: names, or :class:`ScenarioSpec` objects.
    progress : callable
        Called with (name, done, total).
    **asked
        The keys of ``optimize`` on the command line: ``objective``, ``budget``, ``limits``, ``evaluations``, ...

    Returns
    -------
    Optimum
        Its `standing` says what to set and what is as good, its `region` how far each lever may move.

    Raises
    ------
    CxsimError
        When levers, metrics or limits are impossible, before anything runs.

    Examples
    --------
    >>> import cxsim
    >>> world = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=4"])
    >>> found = cxsim.optimize(world, {"channels.phone.employees": (26, 29)}, objective="service_cost",
    ...                        limits={"abandon_rate": {"at_most": 0.5}}, evaluations=4, first_replications=2)
    >>> found.standing.best
    (26,)
    """
    values = {**asked, "levers": {key: list(v) if isinstance(v, tuple) else v for key, v in levers.items()}}
    try:
        options = OptimizeOptions.model_validate(values)
    except ValidationError as error:
        raise CxsimError(refusal(error, OptimizeOptions, values, "optimize.")) from None
    switches = {"+".join(part.name for part in _parts(one)): tuple(_parts(one)) for one in scenarios}
    return optimizing.optimize(config, options, scenarios=switches, progress=progress)


def sensitivity(
    config: Config, scenarios: Sequence[Scenario], *, baseline: Scenario = "none", progress: Progress = silent,
    **asked: Any,
) -> Sensitivity:
    """Find which assumptions the answer rests on, where it flips, and what it is worth to know them.

    Parameters
    ----------
    config : Config
        The world, from :func:`cxsim.load`.
    scenarios : sequence
        As for :func:`compare`; leaving things as they are is always one of the options.
    baseline : name or ScenarioSpec
        Another baseline than the market itself.
    progress : callable
        Called with (name, done, total).
    **asked
        The keys of ``sensitivity`` on the command line: ``parameters``, ``only``, ``pairs``, ``metric``, ...

    Returns
    -------
    Sensitivity
        Its `tables` hold the tornado, flip points, Sobol indices and the value of information.

    Raises
    ------
    CxsimError
        When a range is impossible, a metric does not exist or nothing is uncertain, before anything runs.

    Examples
    --------
    >>> import cxsim
    >>> world = cxsim.load(["market=contact_centre", "horizon_days=1", "replications=2"])
    >>> fewer = cxsim.ScenarioSpec(name="fewer", changes={"channels.phone.employees": 27})
    >>> found = cxsim.sensitivity(world, [fewer], parameters={"channels.phone.wage_per_hour": (10, 30)}, pairs=0)
    >>> found.tables["sensitivity"]["swing"].tolist()
    [480.0]
    """
    if isinstance(scenarios, str | ScenarioSpec):
        scenarios = [scenarios]
    try:
        options = SensitivityOptions.model_validate(asked)
    except ValidationError as error:
        raise CxsimError(refusal(error, SensitivityOptions, asked, "sensitivity.")) from None
    return sensing.sensitivity(config, [_parts(one) for one in scenarios], options, baseline=_parts(baseline),
                               progress=progress)


def _depth(asked: Depth | Mapping[str, Any]) -> Depth:
    if isinstance(asked, Depth):
        return asked
    try:
        return Depth.model_validate(dict(asked))
    except ValidationError as error:
        raise CxsimError(refusal(error, Depth, dict(asked), "depth.")) from None


def _parts(scenario: Scenario) -> list[ScenarioSpec]:
    if isinstance(scenario, str):
        return load_scenario(scenario)
    return [scenario] if isinstance(scenario, ScenarioSpec) else list(scenario)
