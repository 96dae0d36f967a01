"""Calibrate a market in one call: read, summarise, fit, judge on the holdout, write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cxsim.calibrate import readout
from cxsim.calibrate.bg_nbd import fit_bg_nbd
from cxsim.calibrate.gamma_gamma import fit_gamma_gamma, spend_frequency_correlation
from cxsim.calibrate.holdout import Holdout, judge_holdout
from cxsim.calibrate.likelihood import Fitted
from cxsim.calibrate.overlay import (
    BASE_MARKET,
    market_name,
    overlay_path,
    overlay_text,
    refuse_existing,
    write_whole,
)
from cxsim.calibrate.summary import Summary, summarise
from cxsim.calibrate.transactions import Transactions, read_transactions
from cxsim.errors import CxsimError


@dataclass(frozen=True, eq=False)
class Calibration:
    """A market calibrated from transactions, with everything that led to it.

    Parameters
    ----------
    name : name of the market, as in ``market=NAME``.
    transactions : the purchases, and what was merged, dropped and why.
    summary : one history per customer up to the cut-off.
    purchase : BG/NBD fit (r, alpha in weeks, a, b).
    spend : Gamma-Gamma fit (p, q, gamma in account currency).
    correlation : of purchase frequency and mean spend over repeat buyers; Gamma-Gamma assumes 0.
    holdout : the judgement on the days after the cut-off; nothing with ``until=end``.
    path : the file written, or nothing.
    """

    name: str
    transactions: Transactions
    summary: Summary
    purchase: Fitted
    spend: Fitted
    correlation: float
    holdout: Holdout | None
    path: Path | None

    def tables(self) -> list[readout.Table]:
        """Title, column names and rows of text: data, estimates, holdout."""
        tables = [readout.data_table(self.transactions, self.summary)]
        tables.append(readout.estimates_table(self.purchase, self.spend))
        if self.holdout is not None:
            tables.append(readout.holdout_table(self.holdout))
        return tables

    def notes(self) -> list[str]:
        """What a careful reader should know: rows left out, weak identification, checks, the file."""
        told = readout.row_sentences(self.transactions)
        told += readout.purchase_sentences(self.purchase)
        told += [f"BG/NBD: {note}." for note in self.purchase.notes]
        told += [f"Gamma-Gamma: {note}." for note in self.spend.notes]
        told += readout.spend_sentences(self.spend, self.correlation)
        told += (
            self.holdout.sentences() if self.holdout else ["No holdout: the fit uses all days (until=end)."]
        )
        told.append(
            f"Channels, costs and arrivals are placeholders taken from {BASE_MARKET}; only purchase "
            "timing and spend are calibrated."
        )
        if self.path is not None:
            told.append(f"Written to {self.path}; use it with: cxsim compare market={self.name}")
        return told

    def lines(self) -> list[str]:
        """Tables and notes as plain text."""
        return readout.as_lines(self.tables()) + self.notes()


def calibrate(
    data: str | Path,
    *,
    name: str | None = None,
    until: str | date | None = None,
    overwrite: bool = False,
    layout: str = "auto",
    columns: Mapping[str, str | int] | None = None,
    date_format: str | None = None,
    negative: str = "refuse",
    max_bad_share: float = 0.0,
    folder: str | Path | None = None,
    write: bool = True,
) -> Calibration:
    """Fit BG/NBD and Gamma-Gamma to a transaction file and write the market that follows from it.

    Parameters
    ----------
    data : transaction file with customer, date and amount (see `transactions.read_transactions`,
        also for `layout`, `columns`, `date_format`, `negative` and `max_bad_share`).
    name : name of the market; default the file's stem.
    until : last day of the calibration period: a date, ``end``, or by default the middle of the
        observed days (see `summary.cut_off`).
    overwrite : replace a market of the same name.
    folder : folder of the user's config; default $CXSIM_CONF, else ./cxconf.
    write : whether to write the overlay ``market/NAME.yaml``.

    Raises
    ------
    CxsimError
        A file, row, option or fit that cannot be used, with its cure; nothing is written then.

    Examples
    --------
    >>> calibrate("nowhere.csv", write=False)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: data=nowhere.csv: there is no such file; check the path (relative paths ...)
    """
    market = market_name(data, name)
    path = overlay_path(market, folder)
    if write:
        refuse_existing(path, overwrite)
    transactions = read_transactions(
        data,
        layout=layout,
        columns=columns,
        date_format=date_format,
        negative=negative,
        max_bad_share=max_bad_share,
    )
    return _fit_and_write(market, transactions, summarise(transactions, until), path if write else None)


def _fit_and_write(name: str, transactions: Transactions, summary: Summary, path: Path | None) -> Calibration:
    purchase = _usable(fit_bg_nbd(summary), "BG/NBD", transactions.source)
    spend = _usable(fit_gamma_gamma(summary), "Gamma-Gamma", transactions.source)
    if spend.parameters["q"] <= 1:
        raise CxsimError(
            f"{transactions.source}: Gamma-Gamma gives q = {spend.parameters['q']:.3g}; at 1 or below the "
            "mean purchase is infinite, so a few very large amounts rule the fit; look for resellers or "
            "errors in columns.amount"
        )
    correlation = spend_frequency_correlation(summary)
    holdout = judge_holdout(summary, purchase.parameters)
    if path is not None:
        write_whole(path, _overlay(name, transactions, summary, purchase, spend))
    return Calibration(name, transactions, summary, purchase, spend, correlation, holdout, path)


def _usable(fit: Fitted, model: str, source: str) -> Fitted:
    if fit.converged:
        return fit
    raise CxsimError(f"{source}: {model} could not be fitted: {'; '.join(fit.notes)}")


def _overlay(name: str, transactions: Transactions, summary: Summary, purchase: Fitted, spend: Fitted) -> str:
    errors = {**purchase.standard_errors, **spend.standard_errors}
    provenance = {
        "source": transactions.source,
        "sha256": transactions.sha256,
        "until": str(summary.until),
        "n_customers": summary.n_customers,
        "n_transactions": transactions.n_transactions,
        "log_likelihood": purchase.log_likelihood,
        "standard_errors": {"alpha_weeks" if key == "alpha" else key: value for key, value in errors.items()},
        "evidence": "measured",
        "history_active": [],
        "inherited": ["channels", "costs", "arrivals"],
    }
    comment = (
        f"Calibrated from {transactions.source} (sha256 {transactions.sha256}), "
        f"{summary.n_customers:,} customers, "
        f"{transactions.n_transactions:,} transactions, {transactions.first_day} to {transactions.last_day}, "
        f"fitted until {summary.until}; Gamma-Gamma on {spend.n:,} repeat buyers, log-likelihood "
        f"{spend.log_likelihood:.3f}"
    )
    description = (
        f"repeat buying and spend calibrated from {transactions.source}; channels, costs and arrivals are "
        f"placeholders taken from {BASE_MARKET}"
    )
    return overlay_text(comment, purchase.parameters, spend.parameters, name, description, provenance)
