"""The command that weighs acquisition against retention."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.cli.asking import ask, words_typed
from cxsim.cli.progress import first_use_notice, progress_bar

if TYPE_CHECKING:
    from cxsim.config.loading import Request


def plan(words: Sequence[str]) -> int:
    """``cxsim plan``: what one more customer costs to acquire, to retain, and is worth."""
    request = ask("plan", words)
    if request is None:
        return 0
    assert request.options.plan is not None
    settings = request.options.plan.model_dump()
    if settings["mode"] == "simulated":
        _simulated(request, settings["simulated"], words)
    else:
        _analytic(request.run_dir, settings)
    print(f"Written: {request.run_dir}")
    return 0


def _analytic(folder: Path, settings: dict[str, Any]) -> None:
    from cxsim.measure.parquet import write_parquet
    from cxsim.measure.table import Table
    from cxsim.report.plan_figure import draw_plan
    from cxsim.report.terminal_tables import print_grid
    from cxsim.whatif.planner import make_plan, read_inputs

    answer = make_plan(read_inputs(settings))
    table = Table({name: answer.table[name] for name in answer.table.dtype.names or ()})
    folder.mkdir(parents=True, exist_ok=True)
    write_parquet(table, folder / "plan.parquet")
    draw_plan(answer, folder / "plan.svg")
    draw_plan(answer, folder / "plan.png")
    names = ("budget", "acquisition_spend", "retention_spend", "marginal_cost_acquire", "marginal_cost_retain",
             "customer_value", "customer_equity", "cost_ratio")
    rows = [[f"{row[name]:,.2f}" for name in names] for row in table.rows()]
    print_grid("best split of each budget, money per prospect", [n.replace("_", " ") for n in names], rows)
    for sentence in answer.sentences:
        print(sentence)


def _simulated(request: Request, settings: dict[str, Any], words: Sequence[str]) -> None:
    from cxsim.report.plan_folder import write_simulated_plan
    from cxsim.report.terminal_sections import print_sections
    from cxsim.whatif.simulated_plan import simulate_plan

    first_use_notice()
    start = time.perf_counter()
    with progress_bar("plan") as tell:
        answer = simulate_plan(request.config, settings, progress=tell)
    print_sections(write_simulated_plan(
        answer, request.run_dir, time.perf_counter() - start, words_typed("plan", words)))
