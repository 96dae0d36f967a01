"""Two samples of draws and their mixtures: Sobol indices, and what it is worth to know an assumption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import qmc

from cxsim.measure.information import Information, value_of_everything, value_of_one
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.sobol import sobol_indices
from cxsim.measure.table import Table
from cxsim.whatif.drawn import AGAIN, PAIRS_OF_DRAWS, Drawn, DrawLives, stream, values_at
from cxsim.whatif.uncertain import Uncertain
from cxsim.whatif.uncertainty import draws_table

N_AGAIN = 500


def pairs_of_draws(
    lives: DrawLives, chosen: Sequence[int], n: int, metric: str, money: str,
) -> tuple[dict[str, Table], dict[int, str]]:
    """Live `n` pairs of draws and their mixtures, and say what they tell.

    Parameters
    ----------
    lives : DrawLives
        How draws are lived.
    chosen : sequence of int
        Places of the assumptions that get indices; each takes `n` further draws.
    n : int
        Pairs; a power of two.
    metric, money : str
        Whose indices are found, and in what information is valued.

    Returns
    -------
    tables, failures
        `sobol`, `value_of_information` and `draws`; and why draws could not be lived.
    """
    uncertain = lives.uncertain
    d, seed = len(uncertain.parameters), uncertain.config.seed
    both = np.asarray(qmc.Sobol(2 * d, rng=stream(seed, PAIRS_OF_DRAWS)).random(n))
    a, b = both[:, :d], both[:, d:]
    mixed = [np.where(np.arange(d) == place, b, a) for place in chosen]
    drawn = lives.live(values_at(uncertain, np.concatenate([a, b, *mixed])))
    return {
        "sobol": sobol_table(uncertain, drawn, chosen, n, metric),
        "value_of_information": information_table(uncertain, drawn, 2 * n, money),
        "draws": draws_table(uncertain, drawn)}, drawn.failures


def widest(table: Table, uncertain: Uncertain, most: int) -> list[int]:
    """Places of the assumptions with the widest bars in any scenario, in the order of the configuration."""
    widths = [float(np.nanmax(table.select(parameter=one.name)["swing"])) for one in uncertain.parameters]
    order = sorted(range(len(widths)), key=lambda k: -widths[k])
    return sorted(order[:most])


def sobol_table(
    uncertain: Uncertain, drawn: Drawn, chosen: Sequence[int], n: int, metric: str,
) -> Table:
    """First and total index of each chosen assumption for each scenario's difference, with bootstrap intervals.

    Columns: scenario, parameter, metric, first, first_low, first_high, total, total_low, total_high, pairs.
    """
    gains = drawn.gains(metric, CATALOGUE[metric].better).mean(axis=2)
    rows = []
    for side, name in list(enumerate(drawn.sides))[1:]:
        values = gains[:, side].reshape(2 + len(chosen), n)
        found_here = sobol_indices(values[0], values[1], values[2:], stream(uncertain.config.seed, AGAIN),
                                   uncertain.config.confidence, N_AGAIN)
        whole = int(np.isfinite(values).all(axis=0).sum())
        for k, place in enumerate(chosen):
            rows.append({
                "scenario": name, "parameter": uncertain.parameters[place].name, "metric": metric,
                **{column: float(getattr(found_here, column)[k]) for column in (
                    "first", "first_low", "first_high", "total", "total_low", "total_high")}, "pairs": whole})
    return Table({name: [row[name] for row in rows] for name in rows[0]})


def information_table(uncertain: Uncertain, drawn: Drawn, n: int, money: str) -> Table:
    """What knowing everything, and each assumption, before deciding is worth, in money over the horizon.

    Columns: parameter ("everything" first), metric, value, low, high (bootstrap), least (of everything: without
    the luck within draws), draws. Sorted by value.
    """
    net = drawn.gains(money, CATALOGUE[money].better)[:n]
    rng, confidence = stream(uncertain.config.seed, AGAIN + 1), uncertain.config.confidence
    n_whole = int(np.isfinite(net).all(axis=(1, 2)).sum())
    everything = value_of_everything(net, rng, confidence, N_AGAIN)
    known: list[tuple[str, Information]] = []
    for place, one in enumerate(uncertain.parameters):
        found = value_of_one(drawn.values[:n, place], net.mean(axis=2), rng, confidence, N_AGAIN)
        most = min(found.value, everything.value)  # To know one is never worth more than to know all.
        known.append((one.name, replace(found, value=most, least=most)))
    known.sort(key=lambda pair: -pair[1].value)
    rows = [("everything", everything), *known]
    return Table({
        "parameter": [name for name, _ in rows], "metric": [money] * len(rows),
        **{column: [getattr(one, column) for _, one in rows] for column in ("value", "low", "high", "least")},
        "draws": [n_whole] * len(rows)})
