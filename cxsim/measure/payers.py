"""Who in the house pays for a scenario and whose revenue it moves: the ledger by owner."""

from __future__ import annotations

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.measure.owners import p_of
from cxsim.measure.table import Table, codes


def _sums(ledger: Table, sides: list[str], replications: list[int], owners: list[str]) -> np.ndarray:
    """Money by revenue or cost (positive), owner, side and replication."""
    sizes = (2, len(owners), len(sides), len(replications))
    words, bucket = codes(ledger["bucket"])
    is_cost = np.array([word != "revenue" for word in words], dtype=np.int64)[bucket]
    places = [is_cost]
    for column, wanted in (("owner", owners), ("scenario", sides), ("replication", replications)):
        found, numbers = codes(ledger[column])
        index = {word: k for k, word in enumerate(wanted)}
        places.append(np.array([index.get(word, -1) for word in found], dtype=np.int64)[numbers])
    kept = np.all([place >= 0 for place in places], axis=0)
    flat = np.ravel_multi_index([place[kept] for place in places], sizes)
    summed = np.bincount(flat, weights=ledger["amount"][kept], minlength=int(np.prod(sizes)))
    return summed.reshape(sizes)


def payers_table(ledger: Table, baseline: str, confidence: float) -> Table:
    """Paired differences in revenue and cost of every owner.

    Parameters
    ----------
    ledger : Table
        From :func:`cxsim.measure.ledger.ledger_table`, of all sides.
    baseline : str
        The baseline's name.
    confidence : float
        Of the intervals (Student's t over replications).

    Returns
    -------
    Table
        Columns scenario, owner, p (of the five), side ("revenue" or "cost", both positive), baseline_value,
        difference, ci_low, ci_high, replications, confidence. Revenue less cost adds up to profit; who neither
        earns nor spends in either life has no row.
    """
    names = [name for name in codes(ledger["scenario"])[0] if name != baseline]
    owners, replications = sorted(codes(ledger["owner"])[0]), sorted(codes(ledger["replication"])[0])
    sums = _sums(ledger, [baseline, *names], replications, owners)
    differences = sums[:, :, 1:] - sums[:, :, :1]
    mean, low, high, _ = mean_interval(differences, confidence)
    base = sums[:, :, 0].mean(axis=-1)
    moves = sums.any(axis=-1)
    rows = [(name, owner, p_of(owner), side, base[s, o], mean[s, o, k], low[s, o, k], high[s, o, k])
            for k, name in enumerate(names) for s, side in enumerate(("revenue", "cost"))
            for o, owner in enumerate(owners) if moves[s, o, 0] or moves[s, o, 1 + k]]
    heads = ("scenario", "owner", "p", "side", "baseline_value", "difference", "ci_low", "ci_high")
    texts = heads[:4]
    columns = {head: np.array([row[k] for row in rows], dtype=object if head in texts else float)
               for k, head in enumerate(heads)}
    return Table({**columns, "replications": np.full(len(rows), len(replications)),
                  "confidence": np.full(len(rows), float(confidence))})
