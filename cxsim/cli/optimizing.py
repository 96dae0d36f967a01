"""The command that searches for the best levers."""

from __future__ import annotations

from collections.abc import Sequence

from cxsim.cli.asking import ask, words_typed
from cxsim.cli.main import EXIT_INTERRUPTED
from cxsim.cli.progress import first_use_notice, progress_bar, refuse_early, say_cautions



def optimize(words: Sequence[str]) -> int:
    """``cxsim optimize``: levers within bounds that make a metric best, under a budget and other limits."""
    request = ask("optimize", words, early=refuse_early)
    if request is None:
        return 0
    from cxsim.config.optimizing import search_asked
    from cxsim.measure.whole_file import must_be_writable
    from cxsim.report.optimum_folder import write_optimum
    from cxsim.report.terminal_sections import print_sections
    from cxsim.settings.cautions import cautions_of_worlds
    from cxsim.whatif.optimize import optimize as optimized
    from cxsim.whatif.optimize import plan_search
    from cxsim.whatif.store import open_store

    asked, scenarios = search_asked(request)
    plan_search(request.config, asked, scenarios)
    found = cautions_of_worlds({"baseline": request.config})
    say_cautions(found)
    must_be_writable(request.run_dir)
    first_use_notice()
    with progress_bar("optimize") as tell:
        store = open_store(request.config, lambda text: tell(text, 0, 0))
        made = optimized(request.config, asked, scenarios=scenarios, store=store, progress=tell)
    sections = write_optimum(made, request.run_dir, words_typed("optimize", words), cautions=found)
    print_sections(sections)
    if made.parts:
        print(f"As a scenario: {request.run_dir / 'best.yaml'}")
    print(f"Written: {request.run_dir}")
    return EXIT_INTERRUPTED if made.was_interrupted else 0
