"""The command that weighs acquisition against retention."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cxsim.cli.asking import ask, words_typed
from cxsim.cli.main import EXIT_INTERRUPTED
from cxsim.cli.progress import first_use_notice, progress_bar

if TYPE_CHECKING:
    from cxsim.config.loading import Request



def plan(words: Sequence[str]) -> int:
    """``cxsim plan``: what one more customer costs to acquire, to retain, and is worth."""
    request = ask("plan", words)
    if request is None:
        return 0
    assert request.options.plan is not None
    settings = request.options.plan.model_dump(mode="json")
    if settings["mode"] == "simulated":
        was_interrupted = _simulated(request, settings["simulated"], words)
    else:
        was_interrupted = False
        _analytic(request, settings, words)
    print(f"Written: {request.run_dir}")
    return EXIT_INTERRUPTED if was_interrupted else 0


def _analytic(request: Request, settings: dict[str, Any], words: Sequence[str]) -> None:
    from cxsim.report.plan_folder import write_analytic_plan
    from cxsim.report.terminal_sections import print_sections
    from cxsim.whatif.analytic_plan import plan_analytically

    start = time.perf_counter()
    config = request.config
    answer = plan_analytically(settings, seed=config.seed, confidence=config.confidence)
    print_sections(write_analytic_plan(
        answer, settings, config, request.run_dir, time.perf_counter() - start, words_typed("plan", words)))


def _simulated(request: Request, settings: dict[str, Any], words: Sequence[str]) -> bool:
    """Plan by living every cell; whether somebody stopped it before all were lived."""
    from cxsim.measure.whole_file import must_be_writable
    from cxsim.report.plan_folder import write_simulated_plan
    from cxsim.report.terminal_sections import print_sections
    from cxsim.whatif.simulated_plan import simulate_plan

    must_be_writable(request.run_dir)
    first_use_notice()
    start = time.perf_counter()
    with progress_bar("plan") as tell:
        answer = simulate_plan(request.config, settings, progress=tell)
    print_sections(write_simulated_plan(
        answer, settings, request.run_dir, time.perf_counter() - start, words_typed("plan", words)))
    return answer.cells.is_interrupted
