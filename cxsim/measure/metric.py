"""What a metric is: a name, a unit, a direction, and its definition in words and as a formula."""

from __future__ import annotations

from dataclasses import dataclass

# Units of which a population twice as large has twice as many.
EXTENSIVE = frozenset((
    "customers", "customer days", "people", "prospects", "payments", "complaints", "offers", "contacts", "orders",
    "money", "invitations", "points", "visits", "deliveries", "calls", "needs", "prompts", "stages", "faults",
    "tellings", "ratings", "tiers"))


@dataclass(frozen=True)
class Metric:
    """One number the simulator reports, defined once.

    Parameters
    ----------
    name : str
        Name in every table.
    unit : str
        What one of it is (customers, money, share, minutes per contact, …).
    better : {1, -1, 0}
        Whether more of it is better (1), worse (-1) or neither (0).
    definition : str
        In words, for those who decide.
    formula : str
        As computed, from counters and ledger buckets of the same replication, segment and period.
    total_only : bool
        Whether it exists for the whole run only, not for single months.
    is_score : bool
        Whether its points are those of a scale, not of an account.

    Examples
    --------
    >>> Metric("revenue", "money", 1, "What customers paid.", "bucket revenue").is_extensive
    True
    """

    name: str
    unit: str
    better: int
    definition: str
    formula: str
    total_only: bool = False
    is_score: bool = False

    @property
    def is_extensive(self) -> bool:
        """Whether a population twice as large has twice as much of it; shares, means and rates have not."""
        return self.unit in EXTENSIVE and not self.is_score
