"""The command that sweeps: many cells, each against its own baseline, kept as they are finished."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.cli.asking import ask, words_typed
from cxsim.cli.progress import first_use_notice, say_cautions
from cxsim.cli.sweep_progress import sweep_progress

if TYPE_CHECKING:
    from cxsim.config.grid import Cell
    from cxsim.config.hydra_app import Asked
    from cxsim.config.loading import Request
    from cxsim.settings.schema import Config
    from cxsim.whatif.sweep import Sweep

EXIT_DONE, EXIT_FAILED_CELLS = 0, 3
DRY_RUN = "--dry-run"
SHOWN_CELLS = 40


def sweep(words: Sequence[str]) -> int:
    """``cxsim sweep``: every cell of a design against its own baseline; ``--dry-run`` prints cells and cost."""
    is_dry = DRY_RUN in words
    words = [word for word in words if word != DRY_RUN]
    from cxsim.config.hydra_app import asked

    question = asked(words)
    if question.flags.multirun:
        return _launched(question)
    request = ask("sweep", words)
    if request is None:
        return EXIT_DONE
    from cxsim.config.grid import cells
    from cxsim.measure.whole_file import must_be_writable
    from cxsim.whatif.store import open_store
    from cxsim.whatif.sweep_cost import sweep_cost

    _check_metrics(request.options.sweep.picture)
    grid = cells(request)
    store = open_store(request.config, _say)
    cost = sweep_cost(grid, request.baseline, store, months=request.options.sweep.months)
    if is_dry:
        _print_cells(grid, cost.kept)
        print(cost)
        return EXIT_DONE
    must_be_writable(request.run_dir)
    first_use_notice()
    _say(str(cost))
    return _finish(request, grid, request.run_dir, words)


def _finish(request: Request, grid: Sequence[Cell], folder: Path, words: Sequence[str]) -> int:
    """Live what is not kept, write the folder, print the table."""
    from cxsim.report.sweep_folder import write_sweep
    from cxsim.whatif.store import open_store
    from cxsim.whatif.sweep import sweep as swept

    options = request.options.sweep
    found = _cautions_of_cells(grid)
    say_cautions(found)
    with sweep_progress(len(grid)) as tell:
        made = swept(grid, baseline=request.baseline, progress=tell, store=open_store(request.config, _say),
                     months=options.months)
    write_sweep(made, folder, words_typed("sweep", words), cautions=found, picture=options.picture)
    _print(made)
    print(f"Written: {folder}")
    return EXIT_FAILED_CELLS if made.failures else EXIT_DONE


def _launched(question: Asked) -> int:
    """``-m``: Hydra launches a job for each cell; all keep what they lived in one store, and the table is one."""
    from cxsim.config.grid import cells
    from cxsim.config.launching import launch_cells
    from cxsim.config.loading import load_request
    from cxsim.errors import CxsimError
    from cxsim.whatif.store import open_store

    request = load_request("sweep", question.overrides)
    grid = cells(request)
    if open_store(request.config, _say) is None:
        raise CxsimError("-m: the jobs meet in a store of finished cells, and the user's cache cannot be written; "
                         "name a folder that all of them reach, with output.store=FOLDER")
    first_use_notice()
    folder = launch_cells(question, request, live_cell)
    return _finish(request, grid, folder, ["-m", *question.overrides])


def live_cell(cell: Cell, request: Request) -> str:
    """One job of ``-m``: live a cell and its baseline, and keep them; what fails is told by the table."""
    from cxsim.whatif.store import open_store
    from cxsim.whatif.sweep import sweep as swept

    made = swept([cell], baseline=request.baseline, store=open_store(request.config, _say),
                 months=request.options.sweep.months)
    return "; ".join(map(str, made.failures)) or "done"


def _check_metrics(names: Sequence[str]) -> None:
    """Refuse metrics that do not exist before anything is lived."""
    from cxsim.errors import CxsimError
    from cxsim.measure.metrics import CATALOGUE
    from cxsim.settings.keys import nearest

    for name in names:
        if name not in CATALOGUE:
            near = nearest(name, CATALOGUE)
            hint = f"did you mean {near}?" if near else "docs/metrics.md names all"
            raise CxsimError(f"sweep.picture=[{name}]: is no metric; {hint}")


def _say(text: str) -> None:
    print(f"cxsim sweep: {text}", file=sys.stderr)


def _print(made: Sweep) -> None:
    """The table of cells, then those that failed."""
    from cxsim.report.terminal import caption
    from cxsim.report.terminal_tables import print_sweep

    how = caption(made.config, engine=made.engine, replications=made.config.replications, scenario_configs={})
    print_sweep(made.table, made.keys, how)
    if made.stopping is not None:
        print(made.stopping)
    if made.failures:
        print(f"{len(made.failures)} of {len(made.cells)} cells failed; reasons stand in sweep.parquet "
              "(status = 'failed') and in failures/:")
    reasons: dict[str, list[int]] = {}
    for failure in made.failures:
        reasons.setdefault(failure.reason, []).append(failure.cell)
    for reason, cells in reasons.items():
        shown = ", ".join(map(str, cells[:SHOWN_CELLS])) + (", ..." if len(cells) > SHOWN_CELLS else "")
        print(f"  cell{'s' if len(cells) > 1 else ''} {shown}: {reason}")


def _print_cells(grid: Sequence[Cell], kept: Sequence[int]) -> None:
    """One line a cell: what it is, and how many of its replications are kept already."""
    from cxsim.report.terminal_tables import print_grid
    from cxsim.whatif.sweep_table import keys_of

    keys = keys_of(grid)
    rows = []
    for place, cell in enumerate(grid):
        values = {**cell.world, **cell.levers}
        told = [str(values.get(key, "-")) for key in keys]
        rows.append([str(place), *told, f"{kept[place]} of {cell.config.most_replications}"])
    shown = rows if len(rows) <= SHOWN_CELLS else [
        *rows[:SHOWN_CELLS // 2], ["...", *[""] * (len(keys) + 1)], *rows[-SHOWN_CELLS // 2:]]
    heads = [f"{key} (world)" if any(key in cell.world for cell in grid) else key for key in keys]
    print_grid(f"{len(grid)} cells", ["cell", *heads, "replications kept"], shown)


def _cautions_of_cells(grid: Sequence[Cell]) -> list[str]:
    """Cautions of a sweep's cells; one that cannot be lived says so in its own row."""
    from cxsim.errors import CxsimError
    from cxsim.settings.cautions import cautions_of_worlds, scenario_worlds

    worlds: dict[str, Config] = {}
    for place, cell in enumerate(grid):
        try:
            made = scenario_worlds(cell.config, [[cell.scenario]] if cell.scenario else [])
        except CxsimError:
            continue
        worlds.setdefault("baseline", made.pop("baseline"))
        worlds |= {f"cell {place}": world for world in made.values()}
    return cautions_of_worlds(worlds)
