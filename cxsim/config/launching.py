"""Hydra's ``-m`` for a sweep: a job for each cell, by whatever launcher is installed, into one store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from cxsim.config.compose import composed
from cxsim.config.grid import Cell, cell_at
from cxsim.config.hydra_app import Asked, hand_over
from cxsim.config.loading import Request, load_request
from cxsim.config.overrides import parse, quoted, with_own_presets
from cxsim.errors import CxsimError

Work = Callable[[Cell, Request], Any]
"""Lives one cell of a request and keeps it; must be found by its name in another process."""


def launch_cells(question: Asked, request: Request, work: Work) -> Path:
    """Have Hydra launch a job for every cell (``hydra/launcher=basic|joblib|submitit_local|...``).

    Parameters
    ----------
    question : Asked
        The flags and overrides typed.
    request : Request
        What they ask, checked before.
    work : callable
        What each job does with its cell.

    Returns
    -------
    Path
        The folder of the whole sweep (`hydra.sweep.dir`).

    Raises
    ------
    CxsimError
        For designs that Hydra's sweeper does not know, a launcher that is not installed, a job that died.
    """
    options = request.options.sweep
    if options.design != "grid":
        raise CxsimError(
            f"-m: Hydra's sweeper tries every combination; sweep={options.design} is for cxsim sweep without -m")
    texts = _as_hydra_takes_them(question.overrides, request)
    named = [text.partition("=")[2] for text in texts if text.startswith("hydra.sweep.dir=")]
    folder = Path(named[-1].strip("'\"")) if named else request.run_dir
    words = tuple(question.overrides)

    def task(_: DictConfig) -> Any:
        return _job(words, work)

    hand_over("sweep", question, [*texts, *([] if named else [f"hydra.sweep.dir={quoted(str(folder))}"])], task)
    return folder


def _as_hydra_takes_them(typed: Sequence[str], request: Request) -> list[str]:
    """All overrides with their values, those that only the schema knows with the ++ that Hydra asks for."""
    known = {one.key for one in request.swept}
    firsts, whole = [], []
    for text, one in zip(typed, parse(typed), strict=True):
        is_swept = one.is_sweep_override() and one.key_or_group in known
        firsts.append(f"{text.partition('=')[0]}={next(iter(one.sweep_string_iterator()))}" if is_swept else text)
        whole.append(text if is_swept else None)
    ready = list(composed(firsts, "sweep").overrides)
    texts = [(f"++{full.lstrip('+')}" if text.startswith("++") else full) if full else text
             for text, full in zip(ready, whole, strict=True)]
    typed_keys = {one.key_or_group for one in parse(typed)}
    for more in request.swept:
        if more.key not in typed_keys:
            texts.append(f"{more.key}={','.join(text.partition('=')[2] for text in more.overrides)}")
    return [*with_own_presets(texts), "hydra.job.name=sweep"]


def _job(words: Sequence[str], work: Work) -> Any:
    """One job, wherever it runs: find its cell by its number, and make sure that it is that cell."""
    hydra = HydraConfig.get()
    request = load_request("sweep", list(words))
    place = int(hydra.job.num)
    here = {text.lstrip("+") for text in hydra.overrides.task}
    row = request.rows[place] if place < len(request.rows) else ()
    for one, i in zip(request.swept, row, strict=False):
        if i is not None and one.overrides[i].lstrip("+") not in here:
            raise CxsimError(
                f"-m: job {place} is {' '.join(sorted(here))}, which is not cell {place} of this sweep; sweep "
                "values that are written out (no shuffle)")
    return work(cell_at(request, place), request)
