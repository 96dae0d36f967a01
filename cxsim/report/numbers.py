"""Numbers as people read them: shares as percent, money without false digits, differences with a sign."""

from __future__ import annotations

import math

UNDEFINED = "–"
# What six decimals show as nothing is shown as 0.
DUST = 5e-7


def _digits(size: float, significant: int = 3) -> int:
    """Decimals that show a number of this size with so many significant digits; 0 for large ones and for dust."""
    if size < DUST or not math.isfinite(size):
        return 0
    return max(0, min(6, significant - 1 - math.floor(math.log10(size))))


def _scaled(value: float, unit: str) -> float:
    return 100.0 * value if unit == "share" else value


def _suffix(unit: str, is_difference: bool) -> str:
    if unit != "share":
        return ""
    return " pp" if is_difference else "%"


def format_value(value: float, unit: str) -> str:
    """A level: 0.2475 of a share as 24.8%, money and counts with thousands, undefined as a dash.

    Examples
    --------
    >>> format_value(0.2475, "share"), format_value(552902.58, "money"), format_value(float("nan"), "days")
    ('24.8%', '552,903', '–')
    >>> format_value(0.3494, "minutes per contact"), format_value(15599, "orders")
    ('0.349', '15,599')
    """
    if not math.isfinite(value):
        return UNDEFINED
    scaled = _scaled(value, unit)
    return f"{scaled:,.{_digits(abs(scaled))}f}{_suffix(unit, False)}"


def format_difference(value: float, unit: str, half: float | None = None) -> str:
    """A difference, with its sign; shares in percentage points (pp).

    Parameters
    ----------
    value : float
        The difference, in `unit`.
    unit : str
        Unit of the metric.
    half : float, optional
        Half the width of its interval: digits beyond its second one would be noise.

    Examples
    --------
    >>> format_difference(0.0123, "share"), format_difference(-1234.5, "money")
    ('+1.23 pp', '-1,234')
    >>> format_difference(-0.00073, "share", half=0.0022), format_difference(761.9, "orders", half=41.2)
    ('-0.07 pp', '+762')
    """
    if not math.isfinite(value):
        return UNDEFINED
    scaled = _scaled(value, unit)
    if half is None or not math.isfinite(half) or half <= max(1e-9 * abs(value), DUST):
        digits = _digits(abs(scaled))
    else:
        digits = _digits(abs(_scaled(half, unit)), significant=2)
    # A difference that rounds to nothing carries no sign.
    text = f"{round(scaled, digits) + 0.0:+,.{digits}f}"
    return (text[1:] if float(text.replace(",", "")) == 0 else text) + _suffix(unit, True)


def format_width(half: float, unit: str) -> str:
    """Half the width of an interval, two digits of it, without a sign.

    Examples
    --------
    >>> format_width(0.0051, "share"), format_width(812.3, "money"), format_width(1e-12, "minutes per contact")
    ('0.51 pp', '812', '0')
    """
    scaled = abs(_scaled(half, unit))
    return f"{scaled:,.{_digits(scaled, significant=2)}f}{_suffix(unit, True)}"
