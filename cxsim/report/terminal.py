"""Tables for the terminal: a comparison or a single run, in a width of 100 columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from cxsim.measure.levels import levels
from cxsim.measure.metrics import HEADLINES
from cxsim.measure.table import Table, codes
from cxsim.settings.assumptions import find_assumptions, placeholder_share
from cxsim.report.behind import behind_it
from cxsim.report.numbers import format_difference, format_value
from cxsim.report.verdicts import better_of, is_detected, is_in_play, title, total_rows, verdict

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

WIDTH = 100
RUN_METRICS = (
    "customers_start", "customers_acquired", "customers_churned", "customers_end", "retention_rate",
    "repeat_rate", "purchases", "revenue", "upsell_revenue", "referrals_converted", "contacts",
    "wait_minutes", "abandon_rate", "nps", "csat", "csat_journey", "first_contact_resolution", "failure_demand",
    "knowledge", "fit", "employee_morale", "employee_turnover", "goods_cost", "service_cost", "reward_cost",
    "acquisition_cost", "retention_cost", "profit", "clv", "cac", "payback_days", "customer_equity",
)
PLAIN = str.maketrans({"±": "+/-", "–": "-", "—": "-", "…": "...", "×": "x", "·": "-", "’": "'",
                       "\u00a0": " "})
POPULATIONS = {"new": "a new cohort (population.start=new)",
               "base": "a going business (population.start=base)"}


def make_console(console: Console | None = None) -> Console:
    """The console to print on: the terminal's, or one of 100 columns where there is no terminal.

    Examples
    --------
    >>> isinstance(make_console(), Console)
    True
    """
    if console is not None:
        return console
    found = Console()
    return found if found.is_terminal else Console(width=WIDTH, highlight=False, markup=False, emoji=False)


def wording(console: Console) -> Callable[[object], str]:
    """How texts are put so that this console can show them: as they are, or in ASCII where unsure."""
    if not _is_plain(console):
        return str
    encoding = console.encoding
    return lambda text: str(text).translate(PLAIN).encode(encoding, "replace").decode(encoding)


def _is_plain(console: Console) -> bool:
    """Whether only ASCII signs are safe: a pipe, a file, or a terminal of an older encoding."""
    return not console.is_terminal or not console.encoding.lower().startswith("utf")


def make_grid(console: Console, heading: str, words: Sequence[str]) -> Grid:
    """A grid whose first column holds names, the middle ones numbers, the last words."""
    grid = Grid(
        title=Text(heading), title_justify="left", title_style="bold", caption_justify="left", pad_edge=False,
        collapse_padding=True, box=box.ASCII2 if _is_plain(console) else box.SIMPLE_HEAD)
    grid.add_column("", no_wrap=True)
    for name in words[:-1]:
        grid.add_column(name, justify="right", no_wrap=True)
    grid.add_column(words[-1])
    return grid


def caption(config: Config, *, engine: str, replications: int, scenario_configs: Mapping[str, Config]) -> str:
    """What every printed table says of itself: engine, replications, seed, population, assumptions.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> caption(load(), engine="compiled", replications=20, scenario_configs={}).split("; ")[:2]
    ['compiled engine', '20 replications']
    """
    n_placeholders, n_in_play = placeholder_share(find_assumptions(config, scenario_configs))
    customers = "" if config.market.kind == "contact_centre" else (
        f"; {POPULATIONS[config.population.start]}, {config.n_customers:,} customers")
    if config.population.fraction < 1.0:
        customers += f"; {100 * config.population.fraction:g}% of the population simulated, scaled up"
    warm_up = f" after {config.warmup_days:,} of warm-up" if config.warmup_days > 0 else ""
    parts = [
        f"{engine} engine", f"{replications} replication{'s' if replications != 1 else ''}",
        f"seed {config.seed}; market {config.market.name}{customers}; {config.horizon_days:,} days{warm_up}; "
        f"money in {config.market.currency}; intervals {100 * config.confidence:g}%",
    ]
    if n_in_play:
        parts.append(f"{n_placeholders} of {n_in_play} assumed effects in play are placeholders "
                     f"({100 * n_placeholders / n_in_play:.0f}%)")
    return "; ".join(parts)


def _style(row: Mapping[str, Any]) -> str:
    if not is_detected(row):
        return "dim"
    return {1: "green", -1: "red", 0: ""}[int(math.copysign(1, row["difference"])) * better_of(row["metric"])]


def _comparison_grid(
    console: Console, rows: Mapping[str, Mapping[str, Any]], heading: str, confidence: float
) -> Grid:
    say = wording(console)
    grid = make_grid(
        console, say(heading), ("baseline", "difference", f"{100 * confidence:g}% interval", "in words"))
    for row in rows.values():
        unit, half = row["unit"], (row["ci_high"] - row["ci_low"]) / 2
        ends = [format_difference(row[end], unit, half) for end in ("ci_low", "ci_high")]
        interval = " to ".join(ends).replace(" pp to", " to") if math.isfinite(half) else "–"
        words = verdict(row).replace(" pp)", "\u00a0pp)")
        cells = (format_difference(row["difference"], unit, half), interval, words)
        grid.add_row(title(row["metric"]), say(format_value(row["baseline_value"], unit)),
                     *(Text(say(cell), style=_style(row)) for cell in cells))
    return grid


def terminal_comparison(
    comparison: Table,
    config: Config,
    *,
    engine: str,
    replications: int | None = None,
    scenario_configs: Mapping[str, Config] | None = None,
    descriptions: Mapping[str, str] | None = None,
    gain: Table | None = None,
    metrics: Sequence[str] = HEADLINES,
    console: Console | None = None,
) -> None:
    """Print what each scenario changes, with intervals and in words.

    Metrics that are 0 or undefined on both sides are left out and named.

    Parameters
    ----------
    comparison : Table
        From :func:`cxsim.measure.comparison.compare_kpis`.
    config : Config
        The baseline's configuration.
    engine : str
        The engine that ran.
    replications : int, optional
        How many were run; default: the configuration's.
    scenario_configs : mapping of str to Config, optional
        Resolved configuration of each scenario, for its assumptions.
    descriptions : mapping of str to str, optional
        What each scenario is, in words.
    gain : Table, optional
        From :func:`cxsim.measure.comparison.pairing_gain`; then what pairing saved is said.
    metrics : sequence of str
        Rows of the tables.
    console : rich Console, optional
        Where to print; default: the terminal, or plain ASCII of 100 columns where there is none.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.comparison import compare_kpis
    >>> from cxsim.measure.kpis import kpis
    >>> config, outcome = load(), make_blank_outcome()
    >>> table = compare_kpis(kpis(outcome, config, "baseline"), kpis(outcome, config, "same"))
    >>> terminal_comparison(table, config, engine="compiled")  # doctest: +ELLIPSIS
    same against baseline...
    """
    console = make_console(console)
    names = codes(comparison["scenario"])[0]
    for name in names:
        found = total_rows(comparison, name)
        shown = {m: found[m] for m in metrics if m in found and is_in_play(found[m])}
        heading = _heading(name, comparison, descriptions)
        grid = _comparison_grid(console, shown, heading, float(comparison["confidence"][0]))
        if name == names[-1]:
            left_out = [m for m in metrics if m in found and m not in shown]
            notes = _notes(config, engine, replications, scenario_configs, gain, left_out)
            grid.caption = Text(wording(console)(notes))
        console.print(grid)
        _print_behind(console, name, found)


def _heading(name: str, comparison: Table, descriptions: Mapping[str, str] | None) -> str:
    against = f"{name} against {comparison['baseline'][0]}"
    return ": ".join(filter(None, (against, (descriptions or {}).get(name))))


def _print_behind(console: Console, name: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    behind = behind_it(rows)
    if behind:
        console.print(Text(wording(console)(f"Behind {name}: {behind}.")))


def _notes(config: Config, engine: str, replications: int | None,
           scenario_configs: Mapping[str, Config] | None, gain: Table | None, left_out: Sequence[str]) -> str:
    n = config.replications if replications is None else replications
    lines = [caption(config, engine=engine, replications=n, scenario_configs=scenario_configs or {}) + "."]
    lines.append("'likely': the row's own interval leaves out 0, but the difference does not stand when all "
                 "headline metrics and scenarios are judged together (Holm).")
    if gain is not None:
        saved = [value for value in gain.select(metric="profit")["variance_ratio"] if math.isfinite(value)]
        if saved:
            lines.append(f"Pairing: independent runs would need {_times(saved)} as many replications for "
                         "the same interval of profit.")
    if left_out:
        lines.append(f"0 or undefined on both sides: {', '.join(title(m) for m in left_out)}.")
    return "\n".join(lines)


def _times(saved: Sequence[float]) -> str:
    words = list(dict.fromkeys(f"{float(f'{value:.2g}'):,g}" for value in (min(saved), max(saved))))
    return " to ".join(words) + " times"


def terminal_run(
    kpis: Table,
    config: Config,
    *,
    engine: str,
    scenario: str = "baseline",
    metrics: Sequence[str] = RUN_METRICS,
    console: Console | None = None,
) -> None:
    """Print the metrics of one scenario: mean over replications, interval, unit.

    Parameters
    ----------
    kpis : Table
        From :func:`cxsim.measure.kpis.kpis`, all replications.
    config : Config
        The scenario's configuration.
    engine : str
        The engine that ran.
    scenario : str
        Its name in the table.
    metrics : sequence of str
        Rows of the table; those that are 0 or undefined are left out.
    console : rich Console, optional
        As in :func:`terminal_comparison`.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.kpis import kpis
    >>> config = load()
    >>> terminal_run(kpis(make_blank_outcome(), config, "baseline"), config, engine="simpy")
    ... # doctest: +ELLIPSIS
    baseline...
    """
    console = make_console(console)
    here = levels(kpis.select(scenario=scenario, segment="all", period="total"), config.confidence)
    rows = {row["metric"]: row for row in here.rows()}
    say = wording(console)
    grid = make_grid(console, say(scenario), ("mean", f"{100 * config.confidence:g}% interval", "unit"))
    for metric in metrics:
        row = rows.get(metric)
        if row is None or not math.isfinite(row["value"]) or row["value"] == 0:
            continue
        ends = [format_value(row[end], row["unit"]) for end in ("ci_low", "ci_high")]
        interval = " to ".join(ends) if math.isfinite(row["ci_low"]) else "–"
        grid.add_row(title(metric), format_value(row["value"], row["unit"]), say(interval), row["unit"])
    n = len(codes(kpis["replication"])[0])
    grid.caption = Text(say(caption(config, engine=engine, replications=n, scenario_configs={}) + "."))
    console.print(grid)
