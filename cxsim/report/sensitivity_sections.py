"""What an analysis of sensitivity says: what would change the answer, what moves it, what is worth knowing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cxsim.measure.metrics import CATALOGUE
from cxsim.report.numbers import format_difference, format_value
from cxsim.report.section import Grid, Section
from cxsim.report.sensitivity_figures import as_svg, information_drawing, labelled, sobol_drawing, tornado_drawing
from cxsim.report.verdicts import title

if TYPE_CHECKING:
    from cxsim.whatif.sensitivity import Sensitivity

BASELINE, NOTHING = "baseline", "leaving things as they are"
SHOWN = 12


def sections_of_sensitivity(found: Sensitivity) -> list[Section]:
    """Every section, in the order of the page."""
    sections = [_flips(found)]
    if "value_of_information" in found.tables:
        sections.append(_information(found))
    sections.append(_tornado(found))
    if "sobol" in found.tables:
        sections.append(_sobol(found))
    return sections


def shown_scenario(found: Sensitivity) -> str:
    """Whose tornado is drawn: the best one's, or where nothing is best, that of the best scenario."""
    if found.best != BASELINE:
        return found.best
    rows = list(found.tables["sensitivity"].rows())
    return str(max(rows, key=lambda row: row["difference"])["scenario"])


def named(side: str) -> str:
    """A side in words.

    Examples
    --------
    >>> named("baseline"), named("live_chat")
    ('leaving things as they are', 'live_chat')
    """
    return NOTHING if side == BASELINE else side


def _brief(side: str) -> str:
    return "as it is" if side == BASELINE else side


def _flips(found: Sensitivity) -> Section:
    table = found.tables["flip_points"]
    rows = list(table.rows())
    moving = [row for row in rows if math.isfinite(row["flip"])]
    failed = [row for row in rows if row["reason"]]
    holding = [row["parameter"] for row in rows if not math.isfinite(row["flip"]) and not row["reason"]]
    words = [_lead_words(found)]
    if moving:
        words.append(_flip_words(moving[0]))
    if holding:
        words.append(f"It stays best however far any of these moves within its range, the others standing: "
                     f"{', '.join(holding)}.")
    if not moving and not failed:
        words.append("No assumption alone changes the answer within its range.")
    words += [f"{row['parameter']}: could not be sought through ({row['reason']})." for row in failed[:3]]
    grid = Grid(
        ["assumption", "stands at", "flips at", "by luck", "moved", "then best"],
        [[labelled(row["parameter"]), f"{row['value']:.4g}", f"{row['flip']:.{found.options.digits + 1}g}",
          f"{row['luck_low']:.3g} to {row['luck_high']:.3g}", f"{row['moved']:+.0%}", _brief(row["then_best"])]
         for row in moving], "how far an assumption must move before something else is best", words=1)
    return Section(
        "What would change the answer", words, [grid] if moving else [], place="decision", notes=[
            "Flip points by root finding (Brent) with the same customers and the same luck at every value; the "
            "nearest one on either side. By luck: the values around it at which the "
            f"{found.config.confidence:.0%} interval of the lead over {found.config.replications} replications "
            "holds 0. Moved: as a share of the range."] if moving else ())


def _lead_words(found: Sensitivity) -> str:
    second, mean, low, high = found.lead
    unit = _unit(found)
    text = (f"Where every assumption stands, {named(found.best)} is best by {title(found.metric)}: "
            f"{format_difference(mean, unit)} against {named(second)}")
    text += f" ({found.config.confidence:.0%}: {format_difference(low, unit)} to {format_difference(high, unit)})"
    return text + ("." if low > 0 else ", which luck alone could make: flip points are then those of this luck.")


def _flip_words(row: dict[str, Any]) -> str:
    way = "rises" if row["moved"] > 0 else "falls"
    is_close = row["luck_low"] <= row["value"] <= row["luck_high"]
    text = (f"It changes soonest with {row['parameter']} ({row['evidence']}): where that {way} from "
            f"{row['value']:.4g} to {row['flip']:.4g}, {named(row['then_best'])} becomes best.")
    return text + (" The luck of these replications covers where it stands now, so the two are not told apart."
                   if is_close else "")


def _information(found: Sensitivity) -> Section:
    table, currency = found.tables["value_of_information"], found.config.market.currency
    everything, *rows = list(table.rows())
    share = f"{found.config.confidence:.0%}"

    def money(value: float) -> str:
        return format_value(value, "money")

    if everything["value"] <= 0:
        words = [f"Nothing: {named(_safest(found))} is best in every draw of the assumptions, so knowing them "
                 "better would change no decision."]
    else:
        words = [_worth_words(everything["least"], everything["value"], currency)]
        worth = [row for row in rows if row["value"] > 0]
        if worth:
            first = worth[0]
            words.append(f"Worth measuring first: {first['parameter']}, {money(first['value'])} {currency} "
                         f"({share}: {money(first['low'])} to {money(first['high'])}).")
        else:
            words.append("No single assumption, known alone, would change the decision.")
    shown = [row for row in (everything, *rows) if row["value"] > 0][:SHOWN]
    grid = Grid(["what would be known", "worth", f"{share} interval"],
                [[row["parameter"], money(row["value"]), f"{money(row['low'])} to {money(row['high'])}"]
                 for row in shown], f"{title(found.money)}, {currency}")
    return Section(
        "What it is worth to know more", words, [grid] if shown else [],
        as_svg(information_drawing(table, currency)) if shown else "",
        f"What knowing an assumption before deciding is worth; lines: {share} bootstrap intervals."
        if shown else "",
        [f"From {everything['draws']} draws, every assumption evenly over its range. Of one assumption: by "
         "regression of what each option yields on it (Strong, Oakley & Brennan 2014); one that predicts nothing "
         "is worth 0."],
        place="decision")


def _worth_words(least: float, most: float, currency: str) -> str:
    """Between which two estimates the value of knowing everything lies, and what makes them differ.

    Examples
    --------
    >>> _worth_words(0.0, 49.0, "USD").partition(":")[0]
    'Knowing every assumption before deciding would be worth at most 49.0 USD over the horizon, perhaps nothing'
    """
    top, bottom = format_value(most, "money"), format_value(least, "money")
    text, why = "Knowing every assumption before deciding would be worth", ""
    if bottom == top:
        text += f" {top} {currency} over the horizon"
    elif least <= 0:
        text += f" at most {top} {currency} over the horizon, perhaps nothing"
        why = ": the luck of the few lives in each draw alone can make as much"
    else:
        text += f" {bottom} to {top} {currency} over the horizon"
        why = ": the larger figure takes the luck of the few lives in each draw for knowledge, the smaller not"
    return f"{text}{why}. A study of them that costs more than {top} {currency} cannot pay."


def _safest(found: Sensitivity) -> str:
    """The side with the highest mean over the draws."""
    draws = found.tables["draws"]
    draws = draws.select(metric=found.money, status="done")
    best, gain = BASELINE, 0.0
    for name in found.uncertain.sides:
        mean = float(draws.select(scenario=name)["difference"].mean()) if name != BASELINE else 0.0
        if mean > gain:
            best, gain = name, mean
    return best


def _tornado(found: Sensitivity) -> Section:
    scenario, table = shown_scenario(found), found.tables["sensitivity"]
    rows = list(table.select(scenario=scenario).rows())
    unit = _unit(found)
    still = [row["parameter"] for row in rows if row["swing"] == 0]
    moving = [row for row in rows if row["swing"] > 0]
    words = []
    if moving:
        first = moving[0]
        words.append(
            f"{first['parameter']} moves {scenario} most: {title(found.metric)} differs by "
            f"{format_difference(first['at_low'], unit)} at {first['low']:.4g} and by "
            f"{format_difference(first['at_high'], unit)} at {first['high']:.4g}, against "
            f"{format_difference(first['difference'], unit)} where it stands.")
    if still:
        words.append(f"These do not move it: {', '.join(still)}.")
    share = f"{found.config.confidence:.0%}"
    grid = Grid(
        ["assumption", "range", "at low", "change", "at high", "change"],
        [[labelled(row["parameter"]), f"{row['low']:.3g} to {row['high']:.3g}",
          *(text for end in ("low", "high") for text in (
              format_difference(row[f"at_{end}"], unit), _change(row, end, unit)))] for row in moving[:SHOWN]],
        f"difference in {title(found.metric)} of {scenario}; change: from where the assumption stands, ± half of "
        f"the {share} interval of that change")
    return Section(
        "Which assumptions move it", words, [grid] if moving else [],
        as_svg(tornado_drawing(table, scenario, found.config.confidence)) if moving else "",
        "One assumption at a time from its low to its high end, the others where they stand; thin lines: "
        f"{share} interval of the change from where it stands." if moving else "",
        ["An assumption of the world moves the baseline too; the baseline then finds its reference experience "
         "anew, so that it still reproduces its history. All other scenarios stand in sensitivity.parquet."])


def _change(row: dict[str, Any], end: str, unit: str) -> str:
    """How far one end of the range moves the difference, with half of the interval of that change."""
    change, half = row[f"at_{end}"] - row["difference"], row[f"half_{end}"]
    text = format_difference(change, unit)
    return f"{text} ± {format_value(half, unit)}" if math.isfinite(half) and half > 0 else text


def _unit(found: Sensitivity) -> str:
    return CATALOGUE[found.metric].unit


def _sobol(found: Sensitivity) -> Section:
    table, scenario = found.tables["sobol"], shown_scenario(found)
    rows = sorted(table.select(scenario=scenario).rows(), key=lambda row: -row["total"])
    words = []
    if rows and rows[0]["total"] > 0:
        words.append(_variance_words(rows[0], scenario, found.config.confidence))
    else:
        words.append(f"{scenario} does not vary over the draws.")
    words += _leaders_words(found)
    if found.failures:
        words.append(f"{len(found.failures)} draws could not be lived and are left out with their pairs: "
                     f"{next(iter(found.failures.values()))}")
    share = f"{found.config.confidence:.0%}"
    grid = Grid(
        ["assumption", "alone", f"{share} interval", "with others", f"{share} interval"],
        [[labelled(row["parameter"]), _share(row["first"]), _between(row, "first"), _share(row["total"]),
          _between(row, "total")] for row in rows], f"share of the variance of {scenario}")
    return Section(
        "Which ignorance makes the spread", words, [grid] if rows else [], as_svg(sobol_drawing(table)),
        f"First and total Sobol index; thin lines: {share} bootstrap intervals. Below -50% and above 150% "
        "the picture ends.",
        [f"From {rows[0]['pairs'] if rows else 0} pairs of draws: Saltelli's estimator (2010) of what would go if "
         "this one alone were known, Jansen's (1999) of what would stay if all others were. The assumptions with "
         "the widest bars have indices; the rest vary as well. The luck of few replications counts as "
         "interaction. These are estimates as they come: by luck one may lie below 0% or above 100%, or be larger "
         "alone than with others, which no share can. Wide intervals: raise sensitivity.pairs."], place="sure")


def _variance_words(row: dict[str, Any], scenario: str, confidence: float) -> str:
    """Behind how much of the variance one assumption is, and how much of that it makes by itself."""
    if row["total"] > 1.0:
        return (f"{row['parameter']} seems to be behind most of the variance of {scenario} over all draws, but so "
                f"few pairs do not tell how much ({confidence:.0%}: {_between(row, 'total')}; raise "
                "sensitivity.pairs).")
    text = (f"{row['parameter']} is behind {_share(row['total'])} of the variance of {scenario} over all draws "
            f"({confidence:.0%}: {_between(row, 'total')})")
    if row["first_low"] <= 0.0 and row["first"] < row["total"]:
        return f"{text}; whether it makes any by itself cannot be told ({_between(row, 'first')})."
    if row["first"] < row["total"]:
        return f"{text}; by itself it makes {_share(row['first'])} ({_between(row, 'first')})."
    return (f"{text}; what it makes by itself cannot be told apart from what it makes together with others "
            "(raise sensitivity.pairs).")


def _leaders_words(found: Sensitivity) -> list[str]:
    """Why the soonest flip, the largest swing and most of the variance may belong to different assumptions."""
    scenario = shown_scenario(found)
    flips = [row for row in found.tables["flip_points"].rows() if math.isfinite(row["flip"])]
    swings = [row for row in found.tables["sensitivity"].select(scenario=scenario).rows() if row["swing"] > 0]
    shares = sorted(found.tables["sobol"].select(scenario=scenario).rows(), key=lambda row: -row["total"])
    led = [(text, rows[0]["parameter"]) for text, rows in (
        ("the answer flips soonest with {}, which depends on how near another option is", flips),
        ("the bar of {} is widest, moved alone with the others where they stand", swings),
        ("{} has the largest share of the variance, where all move at once", shares)) if rows]
    if len({parameter for _, parameter in led}) < 2:
        return []
    return [f"Not one assumption leads in everything, for these are different questions: "
            f"{'; '.join(text.format(parameter) for text, parameter in led)}."]


def _share(value: float) -> str:
    """A share as it was estimated, be it below 0 or above 1.

    Examples
    --------
    >>> _share(-0.073), _share(-0.001), _share(1.2)
    ('-7%', '0%', '120%')
    """
    return f"{round(value, 2) + 0.0:.0%}"


def _between(row: dict[str, Any], which: str) -> str:
    return f"{_share(row[f'{which}_low'])} to {_share(row[f'{which}_high'])}"
