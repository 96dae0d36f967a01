"""A calibration told to a reader: tables of text and sentences."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from cxsim.calibrate.gamma_gamma import expected_spend
from cxsim.calibrate.holdout import Holdout
from cxsim.calibrate.likelihood import Fitted
from cxsim.calibrate.rows import N_SHOWN
from cxsim.calibrate.summary import Summary
from cxsim.calibrate.transactions import Transactions

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]

MEANINGS = {
    "r": "spread of purchase rates (shape)",
    "alpha": "scale of purchase rates (weeks)",
    "a": "leaving after a purchase (first shape)",
    "b": "leaving after a purchase (second shape)",
    "p": "evenness of one customer's amounts (shape)",
    "q": "evenness between customers (shape)",
    "gamma": "scale of spend (account currency)",
}

CORRELATION_LIMIT = 0.3
"""Above this size (a rule of thumb) the independence of spend and frequency is called doubtful."""


def data_table(transactions: Transactions, summary: Summary) -> Table:
    """What was read and how it was divided."""
    t, s = transactions, summary
    rows = [
        ("file", f"{t.source} ({t.layout})"),
        ("rows read", f"{t.n_rows:,}"),
        ("rows left out", f"{len(t.bad) + t.n_refunds_dropped:,}"),
        ("rows merged with another of the same customer and day", f"{t.n_merged:,}"),
        ("purchases after merging", f"{t.n_transactions:,}"),
        ("days observed", f"{t.first_day} to {t.last_day}"),
        ("calibration until (that day included)", str(s.until)),
        ("customers", f"{s.n_customers:,}"),
        ("repeat purchases in the calibration period", f"{int(s.x.sum()):,}"),
        ("repeat buyers", f"{int((s.x > 0).sum()):,}"),
        ("repeat buyers with a positive amount", f"{int((s.n_spend > 0).sum()):,}"),
        ("purchases in the holdout", f"{int(s.n_holdout.sum()):,}"),
    ]
    if s.n_later_customers:
        late = f"{s.n_later_customers:,} ({s.n_later_transactions:,} purchases)"
        rows.append(("customers first seen after the cut-off, not used", late))
    return "Data", ("what", "value"), rows


def estimates_table(purchase: Fitted, spend: Fitted) -> Table:
    """Estimates with standard errors, both models."""
    rows = []
    for model, fit in (("BG/NBD", purchase), ("Gamma-Gamma", spend)):
        for name, value in fit.parameters.items():
            error = fit.standard_errors[name]
            rows.append(
                (
                    model,
                    name,
                    f"{value:.4f}",
                    f"{error:.4f}" if math.isfinite(error) else "unknown",
                    MEANINGS[name],
                )
            )
        rows.append((model, "log-likelihood", f"{fit.log_likelihood:,.2f}", "", f"{fit.n:,} customers"))
    return "Estimates", ("model", "parameter", "estimate", "standard error", "meaning"), rows


def holdout_table(holdout: Holdout) -> Table:
    """Purchases a customer after the cut-off by calibration frequency, actual and expected."""
    rows = [
        (row.frequency, f"{row.n_customers:,}", f"{row.actual:.3f}", f"{row.expected:.3f}")
        for row in holdout.rows
    ]
    n = sum(row.n_customers for row in holdout.rows)
    rows.append(("all (sum)", f"{n:,}", f"{holdout.n_actual:,}", f"{holdout.expected:,.1f}"))
    columns = ("repeat purchases before", "customers", "actual purchases", "expected purchases")
    return f"Holdout, {holdout.weeks:.1f} weeks, purchases a customer", columns, rows


def row_sentences(transactions: Transactions) -> list[str]:
    """What happened to rows that are not plain purchases."""
    t = transactions
    told = []
    if t.n_merged:
        told.append(
            f"{t.n_merged:,} rows were merged with another row of the same customer and day (amounts summed)."
        )
    if t.n_zero:
        told.append(f"{t.n_zero:,} purchases have amount 0: they count for timing, not for spend.")
    if t.n_refunds_netted:
        told.append(
            f"{t.n_refunds_netted:,} refunds were netted against the purchases they follow (negative=net)."
        )
    if t.n_refunds_dropped:
        told.append(f"{t.n_refunds_dropped:,} rows with a negative amount were left out (negative=drop).")
    if t.bad:
        counts = ", ".join(
            f"{n:,} {reason}" for reason, n in Counter(row.reason for row in t.bad).most_common()
        )
        told.append(
            f"{len(t.bad):,} of {t.n_rows:,} rows ({len(t.bad) / t.n_rows:.2%}) could not be used: {counts}."
        )
        told += [f"  {t.source}:{row}" for row in t.bad[:N_SHOWN]]
        if len(t.bad) > N_SHOWN:
            told.append(f"  and {len(t.bad) - N_SHOWN:,} more")
    return told


def purchase_sentences(purchase: Fitted) -> list[str]:
    """The purchase parameters in words.

    Examples
    --------
    >>> fit = Fitted({"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}, {}, -9582.4, 2357, True)
    >>> purchase_sentences(fit)
    ['An active customer buys 0.055 times a week on average, and leaves after 24.6% of repeat purchases.']
    """
    r, alpha, a, b = (purchase.parameters[name] for name in ("r", "alpha", "a", "b"))
    rate, share = r / alpha, a / (a + b)
    told = f"An active customer buys {rate:.3f} times a week on average, "
    return [told + f"and leaves after {share:.1%} of repeat purchases."]


def spend_sentences(spend: Fitted, correlation: float) -> list[str]:
    """Mean spend and the check of Gamma-Gamma's independence assumption.

    Examples
    --------
    >>> fit = Fitted({"p": 6.25, "q": 3.744, "gamma": 15.44}, {}, -4055.9, 946, True)
    >>> print("\\n".join(spend_sentences(fit, 0.1139)))
    Mean purchase over all customers: 35.17.
    Correlation of purchase frequency and mean spend: 0.114 (Gamma-Gamma assumes 0; small enough).
    """
    told = [f"Mean purchase over all customers: {expected_spend(spend.parameters):,.2f}."]
    if spend.parameters["q"] <= 2:
        told.append(
            f"q = {spend.parameters['q']:.3g} is at most 2, so spend varies without bound between "
            "customers: a few big spenders will dominate revenue; check them for resellers."
        )
    if not math.isfinite(correlation):
        told.append(
            "Correlation of purchase frequency and mean spend: unknown (too few repeat buyers or no spread)."
        )
    elif abs(correlation) <= CORRELATION_LIMIT:
        told.append(
            f"Correlation of purchase frequency and mean spend: {correlation:.3f} (Gamma-Gamma assumes "
            "0; small enough)."
        )
    else:
        told.append(
            f"Correlation of purchase frequency and mean spend: {correlation:.3f}. Gamma-Gamma assumes "
            "0, so the value of "
            f"{'frequent' if correlation > 0 else 'rare'} buyers is understated; split the file into "
            "more alike groups."
        )
    return told


def as_lines(tables: Sequence[Table]) -> list[str]:
    """Tables as aligned plain text.

    Examples
    --------
    >>> as_lines([("Data", ("what", "value"), [("rows", "12")])])
    ['Data', 'what  value', 'rows  12', '']
    """
    lines = []
    for title, columns, rows in tables:
        grid = [columns, *rows]
        widths = [max(len(row[i]) for row in grid) for i in range(len(columns))]
        lines.append(title)
        for row in grid:
            lines.append(
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )
        lines.append("")
    return lines
