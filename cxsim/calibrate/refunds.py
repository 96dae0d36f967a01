"""Refunds set against the purchases they follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxsim.calibrate.rows import Rejections

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CURE = "give the purchase it refunds, or set negative=drop to leave every refund out"


def net_refunds(customer: Ints, day: Ints, amount: Floats, line: Ints, bad: Rejections) -> tuple[Floats, int]:
    """Lower each customer's earlier purchases by his refunds.

    A refund lowers the latest purchase of the same customer on or before its day; what is left
    over lowers the one before, and so on. A refund is never a purchase of its own; a purchase
    refunded in full stays as a purchase of amount 0.

    Parameters
    ----------
    customer, day : shape (n,), sorted by customer, day, then amount from large to small, so that
        on one day purchases stand before refunds.
    amount : account currency, shape (n,); negative is a refund.
    line : line in the file, shape (n,), for the messages.
    bad : collects refunds that no earlier purchase covers.

    Returns
    -------
    amounts after netting, shape (n,), 0 at refunds; and the number of refunds netted.

    Examples
    --------
    >>> one = np.zeros(3, dtype=np.int64)
    >>> bad = Rejections("f.csv")
    >>> amounts, n = net_refunds(one, np.array([1, 5, 9]), np.array([20.0, 10.0, -15.0]), one, bad)
    >>> amounts.tolist(), n
    ([15.0, 0.0, 0.0], 1)
    """
    netted = np.maximum(amount, 0.0)
    n_netted = 0
    for i in np.flatnonzero(amount < 0):
        left = -amount[i]
        j = i - 1
        while left > 0 and j >= 0 and customer[j] == customer[i]:
            taken = min(left, netted[j])
            rest = netted[j] - taken
            netted[j] = rest if rest > 1e-9 * amount[j] else 0.0
            left -= taken
            j -= 1
        if left > 1e-9 * -amount[i]:
            bad.add(int(line[i]), "refund above all earlier spend of its customer", f"{amount[i]:g}", CURE)
        else:
            n_netted += 1
    return netted, n_netted
