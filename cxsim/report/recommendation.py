"""The recommendation: what to do, how much it brings, how surely, why, what it rests on, what to test first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cxsim.measure.cash import course_of
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import codes
from cxsim.report.behind import behind_it
from cxsim.report.decision_words import (
    aim,
    break_even_words,
    cash_words,
    difference_words,
    interval_words,
    pilot_words,
    probability_words,
)
from cxsim.report.drivers_section import TITLES as DRIVER_TITLES
from cxsim.report.numbers import format_difference, format_value
from cxsim.report.page_results import worse_rows
from cxsim.report.section import Grid, Section
from cxsim.report.verdicts import is_detected, title, total_rows
from cxsim.settings.assumptions import Assumption, find_assumptions
from cxsim.whatif.choice import Choice, choose, replications_to_decide
from cxsim.whatif.decide import BASELINE, goals_of
from cxsim.whatif.pilot import pilot_of

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

MOST_DRIVERS = 4
MOST_NAMED = 4
MOST_WORSE = 5


@dataclass(frozen=True)
class Case:
    """A comparison as a decision sees it."""

    comparison: Comparison

    @cached_property
    def goal(self) -> str:
        """The metric the decision aims at."""
        return goals_of(self.comparison)[0]

    @property
    def better(self) -> int:
        """Whether more of it is better."""
        return CATALOGUE[self.goal].better

    def rows(self, metric: str) -> dict[str, dict[str, Any]]:
        """Standing of every side in a metric, the baseline among them."""
        return {row["scenario"]: row for row in self.comparison.further["decision"].select(metric=metric).rows()}

    def others(self) -> dict[str, dict[str, Any]]:
        """Standing of the scenarios in the metric aimed at."""
        return {name: row for name, row in self.rows(self.goal).items() if name != BASELINE}

    @cached_property
    def choice(self) -> Choice:
        """What can be decided."""
        n_parts = {name: len(parts) for name, parts in zip(
            self.comparison.names, self.comparison.scenarios, strict=True)}
        return choose(self.others(), n_parts, self.better)

    def found(self, table: str, scenario: str) -> dict[str, Any] | None:
        """The row of a scenario in one of the decision's tables."""
        rows = self.comparison.further.get(table)
        return None if rows is None else next(rows.select(scenario=scenario).rows(), None)


def recommendation(comparison: Comparison) -> Section | None:
    """The section that says what to do, or that nothing is decided and what would decide it.

    Parameters
    ----------
    comparison : Comparison
        From :func:`cxsim.compare`.
    """
    if "decision" not in comparison.further:
        return None
    case = Case(comparison)
    words = [_what(case), *_how_much(case), *_how_sure(case)]
    subject = case.choice.name
    if case.choice.kind == "none":
        words += _why_none(case)
    if subject:
        words += [f"Why: {text}" for text in (_why(case, subject),) if text] + _at_odds(case, subject)
        words += _rests(case, subject) + _could_change(case, subject) + _worse(case, subject)
    words += _not_taken(case)
    if subject:
        words += _test_first(case, subject)
    reasons = [one.split(": ", 1) for one in words[1:]]
    grids = [*([Grid(["", ""], reasons, words=1)] if reasons else []), standing_grid(case)]
    return Section(_heading(case.choice), words[:1], grids, notes=[_note(case)], place="decision")


def _heading(choice: Choice) -> str:
    told = {"take": choice.name, "none": "none of these", "open": "not decided yet",
            "one pair": "none, for want of replications"}
    return f"Recommendation: {told[choice.kind]}"


def _described(case: Case, name: str) -> str:
    parts = case.comparison.scenarios[case.comparison.names.index(name)]
    return " + ".join(part.description for part in parts if part.description)


def _what(case: Case) -> str:
    choice = case.choice
    if choice.kind == "one pair":
        return "With one replication nothing can be told from chance; set replications=20 or more."
    if choice.kind == "none":
        does = "lowers" if case.better > 0 else "raises"
        names = list(case.others())
        start = "Do none of them: each" if len(names) > 1 else f"Do not do {names[0]}: it"
        return f"{start} {does} {title(case.goal)} against doing nothing."
    described = _described(case, choice.name)
    if choice.kind == "open":
        row = case.others()[choice.name]
        n = replications_to_decide(row, int(row["replications"]))
        shown = "" if row["difference"] * case.better > 0 else " and would then show it to be worse"
        enough = (f"about {math.ceil(n):,} replications would, if it is as large as found{shown} (set "
                  f"replications={math.ceil(n)})"
                  if n < 1e5 else "no number of replications is likely to")
        return ("Leave things as they are for now: no scenario is detectably better than doing nothing. "
                f"{choice.name} comes closest; what would decide it: {enough}.")
    text = f"Do {choice.name}" + (f": {described}." if described else ".")
    if choice.simpler_than:
        row = case.others()[choice.name]
        unit = CATALOGUE[case.goal].unit
        gap = format_difference(row["gap"], unit, (row["gap_high"] - row["gap_low"]) / 2)
        text += (f" {choice.simpler_than} is not shown to bring more than it ({gap} "
                 f"{interval_words(row['gap_low'], row['gap_high'], unit)}), so the simpler one is taken.")
    return text


def _how_much(case: Case) -> list[str]:
    choice = case.choice
    if not choice.name:
        return []
    row = case.others()[choice.name]
    together = ", an interval that holds for all scenarios together" if len(case.others()) > 1 else ""
    text = f"How much: {title(case.goal)} {difference_words(row, together=True)}{together}"
    if case.goal == "customer_equity":
        profit, days = case.rows("profit")[choice.name], case.comparison.config.horizon_days
        later = 1.0 - profit["difference"] / row["difference"] if row["difference"] else 0.0
        share = f" ({100 * later:.0f}%)" if 0.005 <= later < 1 else ""
        text += (f". Of that, profit within the {days:,} days {difference_words(profit)}; the rest{share} is what "
                 "customers are worth afterwards, discounted")
        if choice.kind == "take" and not profit["ci_low"] > 0:
            text += ". So it has not detectably paid within the run, and rests on what comes after it"
    return [text + "."]


def _best_of(n_sides: int) -> str:
    return "the better of the two" if n_sides == 2 else f"the best of all {n_sides}"


def _how_sure(case: Case) -> list[str]:
    choice, rows = case.choice, case.rows(case.goal)
    if choice.kind == "one pair":
        return []
    n = int(rows[BASELINE]["replications"])
    rule = case.comparison.stopping
    if not choice.name:
        text = (f"How sure: the probability that doing nothing is {_best_of(len(rows))} is "
                f"{probability_words(rows[BASELINE]['p_best'])}")
    else:
        text = (f"How sure: {probability_words(rows[choice.name]['p_best'])} that it is "
                f"{_best_of(len(rows))}, doing nothing among them ({probability_words(rows[BASELINE]['p_best'])})")
    text += f", by {n} paired replications. That is chance alone, not whether the assumptions are right."
    return [text, *([f"By the rule: {rule}."] if rule is not None else []), *_ignorance(case)]


def _ignorance(case: Case) -> list[str]:
    """What draws of the uncertain assumptions say, where there were any."""
    table = case.comparison.further.get("uncertainty")
    if table is None:
        return ["Not asked yet: how much of it hangs on assumptions nobody knows; depth.draws=200 lives them "
                "through."]
    rows = {row["scenario"]: row for row in table.rows() if math.isfinite(row["p_best"])}
    name = case.choice.name or BASELINE
    if name not in rows:
        return []
    label = "doing nothing" if name == BASELINE else name
    row, likeliest = rows[name], max(rows.values(), key=lambda one: one["p_best"])
    text = (f"As far as is known: over {row['draws']} draws of the uncertain assumptions {label} is the best in "
            f"{probability_words(row['p_best'])}; choosing it loses "
            f"{format_value(row['expected_regret'], row['unit'])} "
            f"of {title(row['metric'])} on average against the best choice of each draw")
    if likeliest is not row:
        other = "doing nothing" if likeliest["scenario"] == BASELINE else likeliest["scenario"]
        text += f"; most often the best is {other} ({probability_words(likeliest['p_best'])})"
    return [text + "."]


def _why(case: Case, name: str) -> str:
    """The drivers with the largest part in the difference, and what lies behind them in the experience."""
    drivers = case.comparison.further.get("drivers")
    behind = behind_it(total_rows(case.comparison.comparison, name))
    if drivers is None or case.goal not in codes(drivers["measure"])[0]:
        return f"{behind}." if behind else ""
    rows = [row for row in drivers.select(scenario=name, measure=case.goal, segment="all").rows()
            if is_detected(row)]
    rows.sort(key=lambda row: -abs(row["difference"]))
    listed = [f"{DRIVER_TITLES.get(row['driver'], row['driver'])} {_money(row)}" for row in rows[:MOST_DRIVERS]]
    if not listed:
        return f"no single driver stands out. Behind it: {behind}." if behind else ""
    return f"of {title(case.goal)}, " + ", ".join(listed) + (f". Behind it: {behind}" if behind else "") + "."


def _at_odds(case: Case, name: str) -> list[str]:
    """That profit within the run says the opposite of customer equity, where it does."""
    goal, profit = case.others()[name], case.rows("profit")[name]
    if case.goal != "customer_equity" or not is_detected(profit) or profit["difference"] * goal["difference"] > 0:
        return []
    days = case.comparison.config.horizon_days
    return [f"At odds: profit within the {days:,} days says the opposite ({difference_words(profit)}). Customer "
            "equity decides here: it also counts points owed at the end and what customers are worth afterwards."]


def _why_none(case: Case) -> list[str]:
    """What the scenario that loses least would have to bring, and what it loses by."""
    rows = case.others()
    least = max(rows, key=lambda name: rows[name]["difference"] * case.better)
    which = "" if len(rows) == 1 else f"{least} loses least; "
    words = [f"Why: {which}{text}" for text in (_why(case, least),) if text] + _at_odds(case, least)
    row = case.found("break_even", least)
    if row is not None:
        days = case.comparison.config.horizon_days
        words.append(f"Break-even: {'' if len(rows) == 1 else f'({least}) '}{break_even_words(row, days)}")
    return words


def _money(row: Mapping[str, Any]) -> str:
    """A difference in money to about three digits, fewer where it is uncertain."""
    half = max((row["ci_high"] - row["ci_low"]) / 2, abs(row["difference"]) / 100)
    return format_difference(row["difference"], "money", half)


def _rests(case: Case, name: str) -> list[str]:
    config = case.comparison.config
    found = [one for one in find_assumptions(config, {name: case.comparison.scenario_configs[name]})
             if one.is_in_play]
    if not found:
        return ["Rests on: no assumed effect."]
    weak = sum(one.evidence == "placeholder" for one in found)
    text = f"Rests on: {weak} of {len(found)} assumed effects in play are placeholders, without evidence"
    own = [one for one in found if one.where == name]
    if own:
        text += f". Its own: {', '.join(_told(one) for one in own[:MOST_NAMED])}"
        text += " and more" if len(own) > MOST_NAMED else ""
    return [text + "."]


def _told(one: Assumption) -> str:
    span = f"{one.low:g} to {one.high:g}, " if one.low < one.high else ""
    return f"{one.key} {one.value:g} ({span}{one.evidence})"


def _could_change(case: Case, name: str) -> list[str]:
    days = case.comparison.config.horizon_days
    row = case.found("break_even", name)
    words = [f"Break-even: {break_even_words(row, days)}"] if row is not None else []
    course = course_of(case.comparison.further["cash"], name)
    n_months = len(case.comparison.further["cash"].select(scenario=name))
    if case.comparison.config.market.kind != "contact_centre":
        words.append(f"When: {cash_words(course, n_months)}")
    words.append("What could change it: other values of those assumptions; cxsim sensitivity with the same keys "
                 "says how far each must move before the answer flips, and what knowing it is worth.")
    return words


def _worse(case: Case, name: str) -> list[str]:
    groups = {group["name"]: group for group in worse_rows(case.comparison.comparison)}
    found = groups[name]["headlines"] if name in groups else []
    if not found:
        return ["What gets worse: no headline metric, detectably."]
    listed = ", ".join(f"{row['title']} {row['difference']}" for row in found[:MOST_WORSE])
    return [f"What gets worse: {listed}" + (" and more." if len(found) > MOST_WORSE else ".")]


def _not_taken(case: Case) -> list[str]:
    """Why each of the others is not recommended."""
    choice, rows = case.choice, case.others()
    told = []
    for name, row in rows.items():
        if name == choice.name or choice.kind == "one pair":
            continue
        why = {name in choice.losing: "loses", name in choice.open: "is not told from doing nothing",
               name in choice.gaining: "gains less" if name not in choice.as_good else "does about as well"}[True]
        told.append(f"{name} {why}: {difference_words(row, together=True)}")
    return [f"{'One by one' if choice.kind == 'none' else 'The others'}: {'; '.join(told)}."] if told else []


def _test_first(case: Case, name: str) -> list[str]:
    table = case.comparison.further.get("pilot")
    pilot = pilot_of(table, name) if table is not None else None
    return [f"Test first: {pilot_words(pilot.row, pilot.is_feasible)}"] if pilot else []


def standing_grid(case: Case) -> Grid:
    """All sides, the baseline among them, with the probability to be the best."""
    rows, unit = case.rows(case.goal), CATALOGUE[case.goal].unit
    cells = []
    for name, row in rows.items():
        label = "doing nothing" if name == BASELINE else name
        half = (row["ci_high_together"] - row["ci_low_together"]) / 2
        interval = interval_words(row["ci_low_together"], row["ci_high_together"], unit).strip("()")
        cells.append([label, format_value(row["value"], unit),
                      *(["–", "–"] if name == BASELINE else [format_difference(row["difference"], unit, half),
                                                           interval or "–"]),
                      probability_words(row["p_best"])])
    return Grid(["", aim(case.goal), "difference", "interval, all together", "best with"], cells,
                name="Where every side stands")


def _note(case: Case) -> str:
    confidence = f"{100 * case.comparison.config.confidence:g}%"
    days = case.comparison.config.horizon_days
    text = (f"Intervals {confidence}; those that hold for all scenarios together are Dunnett's for paired "
            "replications. A scenario is recommended only if it is better than doing nothing by that interval. ")
    if case.comparison.config.market.kind != "contact_centre":
        text += (f"Break-even is within the {days:,} days: money that follows single customers moves with "
                 "volume, other "
                 "spending is held as found. The test is of people who do not live twice, so it needs many more "
                 "than the pairs here.")
    return text.strip()

