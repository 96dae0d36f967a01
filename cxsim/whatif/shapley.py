"""Who brought how much of a total: Shapley's value of a game, exact or by sampled orders.

A game gives every coalition of players a worth. The Shapley value of a player is what he adds when he joins,
averaged over all orders of joining; the values sum to the worth of all players less that of none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np


def coalitions(n_players: int) -> Iterator[tuple[int, ...]]:
    """Every coalition of players 0, 1, …, in the order of :func:`shapley_values`: by bit mask.

    Examples
    --------
    >>> list(coalitions(2))
    [(), (0,), (1,), (0, 1)]
    """
    for mask in range(2**n_players):
        yield tuple(k for k in range(n_players) if mask >> k & 1)


def shapley_values(worths: np.ndarray) -> np.ndarray:
    """The exact Shapley values of a game.

    Parameters
    ----------
    worths : array, shape (2 ** players, ...)
        Worth of every coalition, by bit mask: place 0 holds that of nobody, place 1 that of player 0,
        place 2 that of player 1, place 3 that of both. Further axes are games of their own.

    Returns
    -------
    array, shape (players, ...)
        Their sum over players is ``worths[-1] - worths[0]``.

    Raises
    ------
    ValueError
        If the number of worths is no power of two; give one for each coalition.

    Source
    ------
    Shapley (1953), "A value for n-person games", Contributions to the Theory of Games II:307-317.

    Examples
    --------
    A left glove (player 2) is worth something only with a right one (players 0, 1):

    >>> worth = [float(2 in chosen and len(chosen) > 1) for chosen in coalitions(3)]
    >>> shapley_values(np.array(worth)).round(4).tolist()
    [0.1667, 0.1667, 0.6667]
    """
    worths = np.asarray(worths, dtype=float)
    n = max(0, len(worths).bit_length() - 1)
    if len(worths) != 2**n:
        raise ValueError(f"{len(worths)} worths: a game of n players needs 2**n, one for each coalition")
    masks = np.arange(len(worths))
    sizes = np.array([mask.bit_count() for mask in range(len(worths))])
    values = np.zeros((n, *worths.shape[1:]))
    for player in range(n):
        without = masks[masks >> player & 1 == 0]
        weights = np.array([_weight(n, int(size)) for size in sizes[without]])
        gains = worths[without | 1 << player] - worths[without]
        values[player] = np.tensordot(weights, gains, axes=1)
    return values


def _weight(n_players: int, size: int) -> float:
    """The share of orders in which exactly a given coalition of a size stands before a player."""
    return 1.0 / (n_players * math.comb(n_players - 1, size))


def sampled_orders(n_players: int, n_orders: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Random orders of joining, each followed by its reverse, which evens out who comes early.

    Parameters
    ----------
    n_players : int
        How many join.
    n_orders : int
        How many orders, at least 2; an odd number is rounded up.
    rng : numpy random generator

    Examples
    --------
    >>> orders = sampled_orders(3, 4, np.random.default_rng(1))
    >>> len(orders), orders[1] == orders[0][::-1]
    (4, True)
    """
    orders: list[tuple[int, ...]] = []
    for _ in range((n_orders + 1) // 2):
        order = tuple(int(player) for player in rng.permutation(n_players))
        orders += [order, order[::-1]]
    return orders


def sampled_values(
    worth_of: Callable[[frozenset[int]], np.ndarray], orders: list[tuple[int, ...]],
) -> tuple[np.ndarray, np.ndarray]:
    """Shapley values from some orders of joining, with their standard error; they sum to the total exactly.

    Parameters
    ----------
    worth_of : callable
        Worth of a coalition; an array of any shape, always the same.
    orders : list of tuple of int
        From :func:`sampled_orders`: pairs of an order and its reverse.

    Returns
    -------
    values, errors : arrays, shape (players, ...)
        Errors are of the sampling of orders alone, taken over pairs; NaN with a single pair.

    Source
    ------
    Castro, Gomez & Tejada (2009), "Polynomial calculation of the Shapley value based on sampling", Computers &
    Operations Research 36:1726-1730; pairs of reversed orders: Mitchell et al. (2022), JMLR 23(43).

    Examples
    --------
    >>> def worth(chosen):
    ...     return np.array(float(2 in chosen and len(chosen) > 1))
    >>> values, _ = sampled_values(worth, sampled_orders(3, 8, np.random.default_rng(1)))
    >>> round(float(values.sum()), 12)
    1.0
    """
    gains = []
    for order in orders:
        joined: frozenset[int] = frozenset()
        before = np.asarray(worth_of(joined), dtype=float)
        gain = np.zeros((len(order), *before.shape))
        for player in order:
            joined = joined | {player}
            after = np.asarray(worth_of(joined), dtype=float)
            gain[player] = after - before
            before = after
        gains.append(gain)
    pairs = np.array(gains).reshape(len(orders) // 2, 2, *gains[0].shape).mean(axis=1)
    if len(pairs) < 2:
        return pairs.mean(axis=0), np.full(pairs.shape[1:], np.nan)
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))


def largest_remainder(parts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Parts as whole numbers that sum to whole totals: rounded down, then the largest remainders up by one.

    Parameters
    ----------
    parts : array, shape (players, ...)
        Parts whose sum over players is close to the totals (by less than half a unit for each player).
    totals : array of int64, shape (...)

    Examples
    --------
    >>> largest_remainder(np.array([[1.4], [1.3], [1.3]]), np.array([4])).ravel().tolist()
    [2, 1, 1]
    """
    parts = np.asarray(parts, dtype=float)
    floors = np.floor(parts)
    missing = np.asarray(totals, dtype=np.int64) - floors.sum(axis=0).astype(np.int64)
    order = np.argsort(-(parts - floors), axis=0, kind="stable")
    rank = np.argsort(order, axis=0, kind="stable")
    each, rest = np.divmod(missing, len(parts))
    return floors.astype(np.int64) + each + (rank < rest)
