"""Commands that simulate: run, compare."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.cli.asking import ask, words_typed
from cxsim.cli.main import EXIT_INTERRUPTED
from cxsim.cli.progress import first_use_notice, progress_bar, refuse_early, say_cautions, say_log

if TYPE_CHECKING:
    from cxsim.config.loading import Request
    from cxsim.settings.reference import Reference
    from cxsim.settings.schema import Config
    from cxsim.whatif.precision import Rule

ABSORBED = (
    "cxsim run: the keys you set describe the world and are absorbed by its reference experience; to see what a "
    "change does against the baseline, name it as scenario=NAME or use cxsim sweep"
)


def run(words: Sequence[str]) -> int:
    """``cxsim run``: one world, with or without a scenario; ``-m`` runs one for every combination."""
    request = ask("run", words, _run)
    if request is not None:
        _run(request, request.run_dir)
    return 0


def _run(request: Request, folder: Path) -> None:
    refuse_early(request.config, 0)
    from cxsim.measure.whole_file import must_be_writable
    from cxsim.report.run_folder import money_of_run, write_run
    from cxsim.report.terminal import terminal_run
    from cxsim.report.terminal_journeys import print_journeys
    from cxsim.report.terminal_money import print_money
    from cxsim.settings.cautions import cautions_of_worlds, scenario_worlds
    from cxsim.whatif.simulate import simulate

    must_be_writable(folder)
    say_cautions(cautions_of_worlds(scenario_worlds(request.config, [[request.config.scenario]])))
    first_use_notice()
    say_log(request.config, 0, folder)
    with progress_bar("run") as tell:
        made = simulate(request.config, progress=tell)
    say_cautions(_near_explosion(made.reference, made.config, {made.scenario: made.scenario_config}))
    journeys = write_run(made, folder, words_typed("run", request.overrides))
    terminal_run(made.kpis, made.scenario_config, engine=made.engine, scenario=made.scenario)
    _print_precision(made.stopping)
    print_money(money_of_run(made), made.config.market.currency)
    print_journeys(journeys, made.config.market.currency)
    if _changes_world(request.overrides):
        print(ABSORBED)
    _say_where(folder)


def compare(words: Sequence[str]) -> int:
    """``cxsim compare``: scenarios against the baseline, with the same customers and the same luck."""
    request = ask("compare", words, early=refuse_early)
    if request is None:
        return 0
    from cxsim.measure.whole_file import must_be_writable
    from cxsim.report.run_folder import descriptions, gain_of, money_of_comparison, write_comparison
    from cxsim.report.sections import sections_of
    from cxsim.report.terminal import terminal_comparison
    from cxsim.report.terminal_journeys import print_gaps
    from cxsim.report.terminal_money import print_money, print_worse
    from cxsim.report.terminal_sections import print_sections
    from cxsim.settings.cautions import cautions_of_worlds, scenario_worlds
    from cxsim.whatif.compare import compare as compared

    must_be_writable(request.run_dir)
    say_cautions(cautions_of_worlds(scenario_worlds(request.config, request.scenarios, request.baseline)))
    first_use_notice()
    say_log(request.config, len(request.scenarios), request.run_dir)
    with progress_bar("compare") as tell:
        made = compared(request.config, request.scenarios, baseline=request.baseline, progress=tell,
                        depth=request.options.depth)
    say_cautions(_near_explosion(made.reference, made.config, made.scenario_configs))
    sections = sections_of(made)
    journeys = write_comparison(made, request.run_dir, words_typed("compare", words), sections=sections)
    _print_check(made.reference.check, made.reference.passes)
    terminal_comparison(
        made.comparison, made.config, engine=made.engine, replications=made.replications,
        scenario_configs=made.scenario_configs, descriptions=descriptions(made), gain=gain_of(made))
    _print_precision(made.stopping)
    print_worse(made.comparison)
    print_money(money_of_comparison(made), made.config.market.currency, made.comparison)
    print_gaps(journeys)
    print_sections(sections)
    _say_where(request.run_dir)
    if made.is_interrupted:
        print(f"interrupted: told from the first {made.replications} replications, which every side had lived; "
              f"analyses that take further runs are left out{_goes_on(request.options.depth.draws)}",
              file=sys.stderr)
    return EXIT_INTERRUPTED if made.is_interrupted else 0


def _goes_on(n_draws: int) -> str:
    """What becomes of the draws of an interrupted comparison."""
    return "" if not n_draws else (
        "; finished lives of draws are kept: start the same command again and it goes on from them")


def _near_explosion(reference: Reference, config: Config, scenarios: dict[str, Config]) -> list[str]:
    """Cautions about recommendation that all but sustains itself, known once the reference is."""
    from cxsim.engines.reproduction import reproduction_cautions

    return reproduction_cautions(reference, config, scenarios)


def _changes_world(overrides: Sequence[str]) -> bool:
    """Whether a run's keys describe a mechanism, rather than how much of the world is run, or where."""
    plain = ("market", "scenario", "seed", "replications", "precision", "n_customers", "horizon_days",
             "warmup_days",
             "start_date", "engine",
             "confidence", "output", "parallel", "hydra", "population", "reference")
    return any(text.lstrip("+~").partition("=")[0].partition(".")[0] not in plain for text in overrides)


def _print_precision(stopping: Rule | None) -> None:
    if stopping is not None:
        print(stopping)


def _print_check(check: Sequence[dict], passes: int) -> None:
    """Print whether the baseline reproduces its calibrated history with all effects on."""
    if not check:
        print("Reference experience: nothing moves the baseline's history, so it is exact by construction.")
        return
    from cxsim.engines.reference_check import told_error
    from cxsim.report.terminal_tables import print_grid

    rows = [[row["metric"], str(row["month"]), f"{row['gap']:+.2%}", told_error(row["standard_error"]),
             "passed" if row["passed"] else "FAILED"] for row in check]
    print_grid("Reference experience: the baseline with effects against its neutral history, fresh luck",
               ["figure", "month of largest gap", "gap", "s.e.", "check"], rows,
               f"settled in {passes} passes; bound {check[0]['tolerance']:.1%} or 3 standard errors")


def _say_where(folder: Path) -> None:
    print(f"Written: {folder}")
