"""What a search found, in words and tables: what to set, how far it may move, why, and how it was found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cxsim.errors import CxsimError
from cxsim.measure.metrics import CATALOGUE
from cxsim.report.numbers import UNDEFINED, format_difference, format_value, format_width
from cxsim.report.section import Grid, Section
from cxsim.report.verdicts import title, total_rows
from cxsim.settings.overlay import apply_changes
from cxsim.whatif.levers import Lever, shown
from cxsim.whatif.region import SAMPLE
from cxsim.whatif.standing import AS_GOOD, BEST, NOT_TOLD_APART

if TYPE_CHECKING:
    from cxsim.whatif.optimize import Optimum

BUCKETS = ("revenue", "goods_cost", "acquisition_cost", "retention_cost", "reward_cost", "service_cost", "profit",
           "customer_equity")
FURTHER = ("customers_acquired", "customers_end", "retention_rate", "purchases", "wait_minutes", "abandon_rate",
           "nps")
# A limit of which so much is used is called used up.
USED_UP = 0.95


def sections_of_optimum(found: Optimum, svg: str = "") -> list[Section]:
    """Every section of a search, the recommendation first.

    Parameters
    ----------
    found : Optimum
        From :func:`cxsim.whatif.optimize.optimize`.
    svg : str
        The picture of all points tried.
    """
    made = [_what_to_set(found), _how_far(found), _why(found), _money(found), _limits(found), _search(found, svg)]
    return [one for one in made if one is not None]


def _unit(found: Optimum) -> str:
    return CATALOGUE[found.goal.metric].unit


def _amount(found: Optimum, value: float, half: float | None = None) -> str:
    """A gain in the objective; of a metric of which less is better it reads as less of it."""
    return format_difference(value, _unit(found), half)


def _interval(found: Optimum, row: Mapping[str, Any], name: str = "gain") -> str:
    half = (row[f"{name}_high"] - row[f"{name}_low"]) / 2
    ends = [format_difference(row[f"{name}_{end}"], _unit(found), half) for end in ("low", "high")]
    return " to ".join(ends)


def setting(found: Optimum, point: tuple[Any, ...], only_moved: bool = True) -> str:
    """A point as overrides, those at the baseline left out."""
    pairs = [f"{lever.key}={shown(value)}" for lever, value in zip(found.space.levers, point, strict=True)
             if not only_moved or value != lever.baseline]
    return ", ".join(pairs) or "everything as in the baseline"


def _what_to_set(found: Optimum) -> Section:
    standing, row = found.standing, found.standing.best_row
    setting_of_best, how = setting(found, standing.best), _what_it_does(found, row)
    if not standing.is_kept:
        first = (f"Nothing that was tried keeps all limits. Nearest to them: {setting_of_best}; {how}. Loosen a "
                 "limit or widen the bounds of a lever.")
    elif standing.is_gain:
        first = f"Set {setting_of_best}: {how}."
    elif standing.best == found.space.baseline:
        first = ("Nothing that was tried beats the baseline: leave things as they are, or widen the bounds of a "
                 "lever.")
    else:
        first = (f"Nothing that was tried beats the baseline detectably. Best of all: {setting_of_best}; {how}. "
                 "Leave things as they are, or ask with more customers or replications.")
    order = sorted(range(len(standing.points)), key=lambda k: -standing.table["gain"][k])
    rows = [*standing.table.rows()]
    results = [_result(found, number + 1, rows[k]) for number, k in enumerate(order)]
    heads = ["finalist", "gain", f"{100 * found.config.confidence:g}% interval", "spent more", "behind the best",
             "verdict"]
    settings = [[lever.key, shown(lever.baseline), *(shown(standing.points[k][place]) for k in order)]
                for place, lever in enumerate(found.space.levers)]
    numbers = [str(number + 1) for number in range(len(order))]
    return Section("What to set", [first, *_as_good(found), _judged(found)], [
        Grid(heads, results, "finalists, best first", 1), Grid(["lever", "baseline", *numbers], settings,
                                                               "what each finalist sets")], place="decision")


def _what_it_does(found: Optimum, row: Mapping[str, Any]) -> str:
    """The gain of the best and what it takes, in words."""
    gain, unit = row["gain"], _unit(found)
    half = (row["gain_high"] - row["gain_low"]) / 2
    verb = "rises" if (gain >= 0) == (found.goal.sign > 0) else "falls"
    size = format_difference(abs(gain), unit, half).lstrip("+")
    spent = format_width(row["spent"], "money")
    return (f"{title(found.goal.metric)} {verb} by {size} against the baseline (gain {_interval(found, row)}), at "
            f"{spent} {'more' if row['spent'] >= 0 else 'less'} spent")


def _result(found: Optimum, number: int, row: Mapping[str, Any]) -> list[str]:
    unit = _unit(found)
    half = (row["gain_high"] - row["gain_low"]) / 2
    apart = format_width((row["behind_high"] - row["behind_low"]) / 2, unit)
    behind = UNDEFINED if row["verdict"] == BEST else _amount(found, row["behind"], half) + (
        f" ± {apart}" if apart.strip(" %p") != "0" else "")
    return [str(number), _amount(found, row["gain"], half), _interval(found, row),
            format_difference(row["spent"], "money"), behind, row["verdict"]]


def _as_good(found: Optimum) -> list[str]:
    verdicts = found.standing.table["verdict"].tolist()
    alike, unclear = verdicts.count(AS_GOOD), verdicts.count(NOT_TOLD_APART)
    words = []
    if alike:
        words.append(f"{alike} of the other finalists {'is' if alike == 1 else 'are'} as good: surely within "
                     f"{100 * found.asked.near:g}% of its gain. Choose among them by what is easiest to do.")
    if unclear:
        blur = format_width(found.standing.blur, _unit(found))
        words.append(f"{unclear} cannot be told from it at this precision (± {blur}); more replications would.")
    return words


def _judged(found: Optimum) -> str:
    n, k = found.standing.replications, len(found.standing.points)
    if found.was_interrupted:
        return (f"The search was interrupted: this is judged on the {n} replications lived until then, by which "
                "the leaders were also chosen, so the best looks better than it is. Start the same command again "
                "to go on.")
    return (f"Judged on {n} replications that played no part in the choice, so the luck of the search does not "
            f"flatter it; the intervals hold for all {k} finalists together.")


def _how_far(found: Optimum) -> Section:
    region, unit = found.region, _unit(found)
    words = [_region_words(found)]
    is_blurred = region.margin > found.standing.margin
    rows = []
    for lever, row in zip(found.space.levers, region.levers.rows(), strict=True):
        rows.append([row["lever"], row["baseline"], row["best"], row["alone"], row["together"],
                     f"{'more than ' if row['is_more'] else ''}{format_width(row['matters'], unit)}"])
        if _is_free(lever, row):
            words.append(row["lever"] + (": no value within its bounds can be told from the best." if is_blurred
                                              else " hardly matters within its bounds."))
        elif _could_go_on(found, lever, row["best"]):
            end = "lower" if row["best"] == shown(lever.low) else "upper"
            words.append(f"{row['lever']} stands at its {end} bound ({row['best']}); a wider bound may do better.")
    for row in region.trade_offs.rows():
        more = "less" if row["correlation"] < 0 else "more"
        words.append(f"With more {row['lever']}, {more} {row['other']} is as good (rank correlation "
                     f"{row['correlation']:+.2f} in the region).")
    n_lived = int((found.points["status"] == "done").sum())
    notes = [f"Read off a smooth surface through all {n_lived} points lived; it "
             f"misses a left-out point of the better half by {format_width(region.error, unit)} (root mean "
             "square)."
             + (" That is more than the margin: more evaluations would sharpen these ranges."
                if region.error > region.margin else "")]
    heads = ["lever", "baseline", "best", "alone", "with the others", "worse end costs"]
    return Section("How far each lever may move", words, [Grid(heads, rows)], notes=notes, place="decision")


def _region_words(found: Optimum) -> str:
    region, unit = found.region, _unit(found)
    size = format_width(region.margin, unit)
    least = "what this search cannot tell apart" if region.margin > found.standing.margin else (
        f"{100 * found.asked.near:g}% of the gain")
    how_close = f"within {size} of it ({least})" if size.strip(" %p") != "0" else "up to it"
    alone = "Alone: the others stay at the best; with the others: they follow."
    if region.n_settings is not None and region.share * region.n_settings < 1.5:
        return f"One setting is best: none of the other {region.n_settings - 1:,} comes {how_close}. {alone}"
    part = f"{100 * region.share:.2g}%" if region.share else f"less than {100 / 2**SAMPLE:.2g}%"
    return f"Not one point but a region is best: {part} of all settings come {how_close}. {alone}"


def _could_go_on(found: Optimum, lever: Lever, best: str) -> bool:
    """Whether the best stands at a bound beyond which the world would allow more."""
    if lever.choices or best not in (shown(lever.low), shown(lever.high)):
        return False
    step = 1 if lever.is_whole else (lever.high - lever.low) / 100.0
    beyond = lever.low - step if best == shown(lever.low) else lever.high + step
    try:
        apply_changes(found.config, {lever.key: beyond}, origin="a wider bound")
    except CxsimError:
        return False
    return True


def _is_free(lever: Lever, row: Mapping[str, Any]) -> bool:
    return not lever.choices and row["alone_low"] == lever.low and row["alone_high"] == lever.high


def _why(found: Optimum) -> Section | None:
    if not len(found.back):
        return None
    unit = _unit(found)
    rows, words = [], []
    ordered = sorted(found.back.rows(), key=lambda row: -row["loss"])
    for row in ordered:
        half = (row["high"] - row["low"]) / 2
        word = "not told from 0"
        if row["low"] > 0 or row["high"] < 0:
            earns = "earns its place" if found.standing.is_gain else "helps within this setting"
            word = earns if row["low"] > 0 else "better left alone"
        ends = [format_difference(row[end], unit, half) for end in ("low", "high")]
        rows.append([row["lever"], row["value"], row["baseline"], format_difference(row["loss"], unit, half),
                     " to ".join(ends), word])
    first = ordered[0]
    if not found.standing.is_gain:
        words.append("The best itself is not told from the baseline, so no lever is shown to earn anything: the "
                     "amounts compare it with itself, one lever back.")
    elif first["low"] > 0:
        words.append(f"{first['lever']} does most: with it alone back at {first['baseline']} the gain is smaller "
                     f"by {format_width(first['loss'], unit)}.")
    else:
        words.append("No single lever can be told to earn its place at this precision.")
    heads = ["lever", "best", "baseline", "is worth", f"{100 * found.config.confidence:g}% interval", "verdict"]
    grid = Grid(heads, rows, "the best against the best without one lever", 1)
    return Section("What each lever earns", words, [grid], notes=[
        "Lived, not read off the surface. The amounts need not add up to the gain: levers help or hinder each "
        "other."])


def _money(found: Optimum) -> Section | None:
    if not len(found.comparison):
        return None
    name = f"point {found.standing.best_row['point']}"
    totals = total_rows(found.comparison, name)
    rows = []
    for metric in (*BUCKETS, *FURTHER):
        row = totals.get(metric)
        if row is None or not math.isfinite(row["difference"]) or (
                row["difference"] == 0 and row["baseline_value"] == 0):
            continue
        half = (row["ci_high"] - row["ci_low"]) / 2
        rows.append([title(metric), format_value(row["baseline_value"], row["unit"]),
                     format_difference(row["difference"], row["unit"], half),
                     f"{format_difference(row['ci_low'], row['unit'], half)} to "
                     f"{format_difference(row['ci_high'], row['unit'], half)}"])
    heads = ["metric", "baseline", "difference", f"{100 * found.config.confidence:g}% interval"]
    return Section("Where the gain comes from", [], [Grid(heads, rows, "the best against the baseline")])


def _limits(found: Optimum) -> Section | None:
    table = found.standing.limits
    if not len(table):
        return None
    rows, words = [], []
    for limit, row in zip(found.goal.limits, table.rows(), strict=True):
        unit = "money" if limit.name == "budget" else CATALOGUE[limit.name].unit
        rows.append([row["limit"], format_value(row["bound"], unit), format_value(row["value"], unit),
                     f"{format_value(row['low'], unit)} to {format_value(row['high'], unit)}", row["verdict"]])
        if limit.is_upper and row["bound"] > 0 and row["value"] > USED_UP * row["bound"]:
            words.append(f"{limit.name} is used up: a wider one would do better.")
    heads = ["limit", "bound", "measured", f"{100 * found.config.confidence:g}% interval", "verdict"]
    return Section("What had to hold", words, [Grid(heads, rows, words=1)], place="sure")


def _search(found: Optimum, svg: str) -> Section:
    points = found.points
    failed = points.select(status="failed")
    done = len(points) - len(failed)
    within = f", {int(points['keeps_limits'].sum())} of them within the limits" if found.goal.limits else ""
    words = [f"{done} settings were lived{within}, in {int(points['replications'].sum()):,} paired replications "
             "beside the baseline's."]
    reasons = list(dict.fromkeys(failed["reason"].tolist()))
    if len(failed):
        words.append(f"{len(failed)} could not be lived: {'; '.join(reasons[:3])}.")
    who = {"scipy": "Sobol sample, then radial-basis surfaces (Regis & Shoemaker 2007)",
           "optuna": "Sobol sample, then Optuna's tree-structured Parzen estimator (Bergstra et al. 2011)"}
    caption = ("As the search saw it: gain on the baseline of every setting, over each lever and what is spent; "
               "far worse ones at the lower edge. Filled: keeps the limits; ringed: finalists, the best orange; "
               "grey line: the baseline.")
    notes = [f"Search: {who[found.asked.search]}."]
    return Section("How it was searched", words, svg=svg, caption=caption, notes=notes, place="further")
