"""Experiments: a question, the worlds that answer it, and the answer that was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from pydantic import Field, ValidationError, model_validator

from cxsim.errors import CxsimError
from cxsim.measure.manifest import package_versions
from cxsim.measure.maths_fingerprint import maths_fingerprint
from cxsim.measure.table import Table
from cxsim.settings.refusal import refusal
from cxsim.settings.schema import Config
from cxsim.settings.values import Positive, Strict
from cxsim.whatif.cell import Progress, silent
from cxsim.whatif.simulate import simulate


EXACTLY = "exactly"


class Figure(Strict):
    """Sums of metrics over periods, in one segment: what is added less what is subtracted."""

    add: list[str] = Field(min_length=1)
    subtract: list[str] = []
    periods: Literal["total"] | tuple[int, int] = "total"
    segment: str = "all"


class Answer(Strict):
    """One figure of an experiment, with what theory and the real world say of it."""

    name: str
    world: str
    figure: Figure
    divide_by: Figure | None = None
    recorded: float
    within: Positive
    theory: float | None = None
    theory_within: Positive | None = None
    actual: float | None = None

    @model_validator(mode="after")
    def _has_bound(self) -> Answer:
        if (self.theory is None) != (self.theory_within is None):
            raise ValueError("theory and theory_within belong together")
        return self


class Experiment(Strict):
    """A question, its source, the worlds that answer it (as overrides), and the recorded answer.

    `recorded_on` is the platform whose answers `recorded` holds to the last digit; on it they must come out
    exactly, on another one within their bounds.
    """

    question: str
    command: str
    source: str
    worlds: dict[str, list[str]] = Field(min_length=1)
    answers: list[Answer] = Field(min_length=1)
    conclusion: str = ""
    recorded_on: dict[str, str] = {}

    @model_validator(mode="after")
    def _known_worlds(self) -> Experiment:
        for answer in self.answers:
            if answer.world not in self.worlds:
                raise ValueError(f"answer {answer.name!r} asks world {answer.world!r}, which is not described")
        return self


@dataclass(frozen=True)
class Finding:
    """An answer beside its recorded self.

    Attributes
    ----------
    value, error : float
        Mean over replications and its standard error.
    verdict : str
        "reproduced" (within the bounds), "exactly" (to the last digit), or what is off.
    """

    answer: Answer
    value: float
    error: float
    verdict: str

    @property
    def is_reproduced(self) -> bool:
        """Whether it is the recorded one, or lies within the recorded and the theoretical bounds."""
        return self.verdict in ("reproduced", EXACTLY)


def platform_here() -> dict[str, str]:
    """What this platform's last digits depend on: its maths, and the libraries that compile and compute.

    Examples
    --------
    >>> sorted(platform_here())
    ['maths', 'numba', 'numpy', 'scipy']
    """
    versions = package_versions()
    return {"maths": maths_fingerprint(), **{name: versions[name] for name in ("numba", "numpy", "scipy")}}


def read_experiment(path: Path) -> Experiment:
    """Read an experiment from its file.

    Raises
    ------
    CxsimError
        When the file is not readable or a key is wrong; the message names file and key.
    """
    try:
        data = yaml.safe_load(path.read_text())
        return Experiment.model_validate(data)
    except ValidationError as error:
        raise CxsimError(f"experiment {path.stem}: {refusal(error, Experiment, data)}") from None
    except (OSError, yaml.YAMLError) as error:
        raise CxsimError(f"experiment {path.stem}: cannot be read ({error})") from None


def run_experiment(
    experiment: Experiment, worlds: Mapping[str, Config], *, progress: Progress = silent,
) -> list[Finding]:
    """Live every world of an experiment and judge its answers.

    Parameters
    ----------
    experiment : Experiment
    worlds : mapping of str to Config
        The experiment's worlds, loaded from their overrides.
    progress : callable
        Called with (name, done, total).
    """
    kpis = {name: simulate(config, progress=progress).kpis for name, config in worlds.items()}
    is_exact = experiment.recorded_on == platform_here()
    return [judge(answer, kpis[answer.world], is_exact=is_exact) for answer in experiment.answers]


def judge(answer: Answer, kpis: Table, *, is_exact: bool = False) -> Finding:
    """Hold one answer against the record (to the last digit where `is_exact`) and against theory."""
    top = _sums(answer.figure, kpis, answer.name)
    if answer.divide_by is not None:
        bottom = _sums(answer.divide_by, kpis, answer.name)
        value = float(top.sum() / bottom.sum())
        spread = (top - value * bottom) / bottom.mean()
    else:
        value, spread = float(top.mean()), top
    n = len(top)
    error = float(spread.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    return Finding(answer, value, error, _verdict(answer, value, is_exact))


def _verdict(answer: Answer, value: float, is_exact: bool) -> str:
    if is_exact and value != answer.recorded:
        return f"not the recorded digits, off by {value - answer.recorded:+.2g}, on the platform of the record"
    if not abs(value - answer.recorded) <= answer.within:
        return f"off the record by {value - answer.recorded:+.4g} (bound {answer.within:g})"
    if answer.theory is not None and answer.theory_within is not None:
        if not abs(value - answer.theory) <= answer.theory_within:
            return f"off theory by {value - answer.theory:+.4g} (bound {answer.theory_within:g})"
    return EXACTLY if is_exact else "reproduced"


def _sums(figure: Figure, kpis: Table, name: str) -> np.ndarray:
    """The figure of each replication."""
    first, last = (0, 0) if figure.periods == "total" else figure.periods
    periods = ["total"] if figure.periods == "total" else [str(k) for k in range(first, last + 1)]
    rows = kpis.select(segment=figure.segment, period=periods)
    replications = sorted(set(kpis["replication"].tolist()))
    total = np.zeros(len(replications))
    for sign, metrics in ((1.0, figure.add), (-1.0, figure.subtract)):
        for metric in metrics:
            here = rows.select(metric=metric)
            if len(here) != len(periods) * len(replications):
                raise CxsimError(
                    f"answer {name!r}: metric {metric} in segment {figure.segment}, periods {figure.periods}: "
                    "the run has no such rows; see docs/metrics.md for the names")
            place = np.searchsorted(replications, here["replication"])
            total += sign * np.bincount(place, np.asarray(here["value"], float), len(replications))
    return total


def findings_table(name: str, findings: list[Finding]) -> Table:
    """Findings as a table: experiment, answer, simulated, its error, recorded, theory, actual, verdict."""
    nan = float("nan")

    def number(value: float | None) -> float:
        return nan if value is None else value

    columns: dict[str, Any] = {
        "experiment": [name] * len(findings), "answer": [f.answer.name for f in findings],
        "simulated": [f.value for f in findings], "standard_error": [f.error for f in findings],
        "recorded": [f.answer.recorded for f in findings],
        "theory": [number(f.answer.theory) for f in findings],
        "actual": [number(f.answer.actual) for f in findings], "verdict": [f.verdict for f in findings]}
    return Table(columns)
