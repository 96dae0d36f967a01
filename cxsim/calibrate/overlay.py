"""The market file a calibration leaves behind: a small YAML overlay on the online retailer.

It is data only, appears whole or not at all, and carries where every number comes from.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from cxsim.errors import CxsimError

BASE_MARKET = "online_retail"
SHIPPED_MARKETS = (BASE_MARKET, "subscription", "contact_centre")

COMMENTS = {
    "history_active": "mechanisms active in the data; none named means assumed off",
    "inherited": f"placeholders taken from {BASE_MARKET}",
}

Plain = str | int | float | list | Mapping


def market_name(data: str | Path, name: str | None = None) -> str:
    """Name of the market: the one given, or the file's stem in lower-case letters, digits and _.

    Raises
    ------
    CxsimError
        The name given has other signs, or belongs to a market that ships with the program.

    Examples
    --------
    >>> market_name("data/CDNOW_sample.txt"), market_name("2023-07 Käufe.csv"), market_name("x.csv", "shop")
    ('cdnow_sample', 'market_2023_07_kaufe', 'shop')
    """
    if name is None:
        plain = unicodedata.normalize("NFKD", Path(data).stem).encode("ascii", "ignore").decode().lower()
        chosen = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
        # A leading digit could read as a number in market=…, and these words as no name at all.
        if not chosen[:1].isalpha() or chosen in ("null", "true", "false", "inf", "nan"):
            chosen = f"market_{chosen}".rstrip("_")
    else:
        chosen = str(name)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", chosen):
            raise CxsimError(
                f"name={chosen}: a market's name is lower-case letters, digits and _, starting with a "
                f"letter; for example name={market_name(chosen or 'market')}"
            )
    if chosen in SHIPPED_MARKETS:
        raise CxsimError(
            f"name={chosen}: this market ships with the program, and the calibrated one would hide it "
            f"(it builds on {BASE_MARKET}); choose another, for example name={chosen}_calibrated"
        )
    return chosen


def overlay_path(name: str, folder: str | Path | None = None) -> Path:
    """Where the market goes: the folder given, else $CXSIM_CONF, else ./cxconf; then market/NAME.yaml.

    Examples
    --------
    >>> overlay_path("shop", "somewhere").as_posix()
    'somewhere/market/shop.yaml'
    """
    root = Path(folder or os.environ.get("CXSIM_CONF") or "cxconf")
    return root / "market" / f"{name}.yaml"


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Refuse a market that exists already, unless it may be replaced.

    Raises
    ------
    CxsimError
        Names overwrite=true and name=.

    Examples
    --------
    >>> refuse_existing(Path("nowhere/market/shop.yaml"), overwrite=False)
    """
    if path.exists() and not overwrite:
        raise CxsimError(
            f"{path} exists already; set overwrite=true to replace it, or name= for another market"
        )


def overlay_text(
    comment: str,
    purchase: Mapping[str, float],
    spend: Mapping[str, float],
    name: str,
    description: str,
    calibration: Mapping[str, Plain],
) -> str:
    """The overlay as YAML.

    Parameters
    ----------
    comment : one line of provenance.
    purchase : BG/NBD r, alpha (weeks), a, b.
    spend : Gamma-Gamma p, q, gamma (account currency).
    name, description : name of the market, and one line on what it is.
    calibration : provenance, evidence and standard errors, as plain values.

    Examples
    --------
    >>> purchase = {"r": 1.0, "alpha": 2.5, "a": 1e-05, "b": 3.0}
    >>> spend = {"p": 6.0, "q": 3.0, "gamma": 15.0}
    >>> origin = {"source": "a.csv", "history_active": []}
    >>> text = overlay_text("from a.csv", purchase, spend, "shop", "our shop", origin)
    >>> print(text)
    # @package _global_
    # from a.csv
    defaults:
      - online_retail
      - _self_
    market:
      name: shop
      description: "our shop"
    segments:
      shoppers:
        purchase:
          r: 1.0
          alpha_weeks: 2.5
          a: 1.0e-05
          b: 3.0
        spend:
          p: 6.0
          q: 3.0
          gamma: 15.0
    calibration:
      source: "a.csv"
      history_active: []  # mechanisms active in the data; none named means assumed off
    <BLANKLINE>
    """
    timing = {"alpha_weeks" if key == "alpha" else key: value for key, value in purchase.items()}
    told = "".join(sign if sign.isprintable() else "?" for sign in " ".join(comment.split()))
    lines = ["# @package _global_", f"# {told}"]
    lines += ["defaults:", f"  - {BASE_MARKET}", "  - _self_", "market:", f"  name: {name}"]
    lines.append(f"  description: {_scalar(description)}")
    lines += ["segments:", "  shoppers:", *_block("purchase", timing, 4), *_block("spend", spend, 4)]
    lines += _block("calibration", calibration, 0)
    return "\n".join(lines) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all.

    Raises
    ------
    CxsimError
        Read-only folder, full disk: the reason, and what to do. Nothing half-written stays.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "market" / "shop.yaml"
    >>> write_whole(path, "name: shop\\n")
    >>> path.read_text(), len(list(path.parent.iterdir()))
    ('name: shop\\n', 1)
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as fault:
        raise CxsimError(
            f"{path}: cannot be written ({fault.strerror or fault}); free space or choose a writable folder "
            "in the environment variable CXSIM_CONF"
        ) from None
    finally:
        if temporary is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _block(key: str, values: Mapping[str, Plain], indent: int) -> list[str]:
    pad = " " * indent
    lines = [f"{pad}{key}:"]
    for name, value in values.items():
        if isinstance(value, Mapping):
            lines += _block(name, value, indent + 2)
        else:
            comment = f"  # {COMMENTS[name]}" if name in COMMENTS else ""
            lines.append(f"{pad}  {name}: {_scalar(value)}{comment}")
    return lines


def _scalar(value: Plain) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            return "null"
        text = repr(value)
        # YAML 1.1 takes an exponent for a number only after a decimal point.
        return text.replace("e", ".0e") if "e" in text and "." not in text else text
    if isinstance(value, list):
        return "[" + ", ".join(_scalar(part) for part in value) + "]"
    if isinstance(value, str):
        # A file may be called ${oc.env:HOME}: a config is data, so nothing in it is looked up.
        quoted = json.dumps(value.replace("${", "\\${"), ensure_ascii=False)
        return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)
    return str(value)
