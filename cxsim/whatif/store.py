"""Finished cells, kept by the digest of what made them: found again, they need not be lived again.

A cell is one scenario in one world in one replication. Its key is the digest of everything that can move its
figures: the resolved world with its data digests, the scenario's parts, the reference experience, seed,
replication, engine, the version of the code and what this platform's maths gives. Luck is a function of the same
things, so a kept cell is what living it again would give, to the last digit.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cxsim.engines.code_version import code_version
from cxsim.errors import CxsimError, MachineError
from cxsim.journal.compiling import CACHE_FOLDER
from cxsim.measure.digests import digest_of_data
from cxsim.measure.maths_fingerprint import maths_fingerprint
from cxsim.measure.table import Table, codes
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec

# What cannot move a cell: how many there are, speed, what is written. Its reference counts by its content.
UNMOVED = ("replications", "precision", "confidence", "output", "parallel", "scenario", "reference", "engine")
MARK = b"cxsim cell 2\n"
DIGEST_BYTES = 16
MOST_DAYS_UNUSED = 30
DAY_SECONDS = 86_400.0


def side_digest(config: Config, parts: Sequence[ScenarioSpec], reference: Reference, engine: str) -> str:
    """Digest of all that can move the figures of a scenario in a world, but for the replication.

    Parameters
    ----------
    config : Config
        The world, its seed included.
    parts : sequence of ScenarioSpec
        Parts of the scenario; names and descriptions do not count, nor do parts that change nothing.
    reference : Reference
        The world's reference experience.
    engine : str
        The engine that lives it ("compiled" or "simpy").

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.settings.reference import blank_reference
    >>> blank = blank_reference(load())
    >>> worlds = (load(words) for words in ([], ["replications=3"], ["seed=2"]))
    >>> a, b, c = (side_digest(world, (), blank, "compiled") for world in worlds)
    >>> a == b, a == c
    (True, False)
    """
    return side_in_world(world_digest(config, reference, engine), parts)


def world_digest(config: Config, reference: Reference, engine: str) -> str:
    """What :func:`side_digest` takes from all but the scenario: for whoever needs many sides of one world."""
    world = config.model_dump(mode="json", exclude=set(UNMOVED))
    found = {name: value.tolist() if isinstance(value, np.ndarray) else value
             for name, value in vars(reference).items() if name not in ("check", "passes", "digest")}
    return digest_of_data([world, found, engine, code_version(), maths_fingerprint()])


def side_in_world(world: str, parts: Sequence[ScenarioSpec]) -> str:
    """:func:`side_digest` of a scenario in a world whose digest is known (:func:`world_digest`)."""
    return digest_of_data(
        [world, [part.model_dump(mode="json", exclude=_unfelt(part)) for part in parts if part.changes]])


def _unfelt(part: ScenarioSpec) -> set[str]:
    """What of a part moves no figure; its name does where it decides whom the part reaches, or reaches first."""
    return {"description", "parts"} | (set() if part.ramp_days or part.who else {"name"})


def cell_key(side: str, replication: int) -> str:
    """The key of one replication of a side (:func:`side_digest`).

    Examples
    --------
    >>> cell_key("a", 0) == cell_key("a", 1)
    False
    """
    return hashlib.blake2b(f"{side}/{replication}".encode(), digest_size=DIGEST_BYTES).hexdigest()


class Store:
    """A folder of finished cells; several programs may use it at once.

    Parameters
    ----------
    folder : path
        Made if absent. Cells of each version of the code stand in a folder of their own.
    told : callable, optional
        Called with a sentence when a kept cell turns out to be damaged; it then counts as absent.

    Attributes
    ----------
    damaged : int
        Kept cells so far that were not what had been written.
    blocked : MachineError or None
        Why nothing more can be kept, where a folder that holds cells cannot be written: it is read all the same.

    Raises
    ------
    MachineError
        When the folder holds no cells and cannot be written to: choose another with ``output.store=FOLDER``.

    Examples
    --------
    >>> import tempfile
    >>> store = Store(tempfile.mkdtemp())
    >>> store.put("k", Table({"metric": ["profit"], "value": [2.5]}))
    >>> store.get("k")["value"].tolist(), store.get("other") is None
    ([2.5], True)
    """

    def __init__(self, folder: Path | str, told: Callable[[str], None] = lambda text: None) -> None:
        self.folder = Path(folder)
        self.told = told
        self.damaged = 0
        self._cells = self.folder / code_version()
        self._made: set[Path] = set()
        self.blocked: MachineError | None = None
        try:
            self._cells.mkdir(parents=True, exist_ok=True)
            self._write(self._cells / ".writable", b"")
        except OSError as error:
            self.blocked = _cannot_keep(self.folder, error)
            if not self._cells.is_dir():
                raise self.blocked from None

    def get(self, key: str) -> Table | None:
        """A kept cell; None where there is none, or only a damaged one."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._lost(path, error.strerror or "it cannot be read")
            return None
        try:
            return unpacked(data, key)
        except CxsimError as error:
            self._lost(path, str(error))
            return None

    def has(self, key: str) -> bool:
        """Whether there is such a cell, damaged or not."""
        return self._path(key).is_file()

    def must_keep(self) -> None:
        """Raise MachineError where nothing more can be kept: to be asked before anything is lived."""
        if self.blocked is not None:
            raise self.blocked

    def put(self, key: str, table: Table) -> None:
        """Keep a cell, whole or not at all.

        Raises
        ------
        MachineError
            When the disk is full or the folder cannot be written; cells kept before stay.
        """
        self.must_keep()
        path = self._path(key)
        try:
            if path.parent not in self._made:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(path.parent)
            self._write(path, packed(table, key))
        except OSError as error:
            raise _cannot_keep(self.folder, error) from None

    def _lost(self, path: Path, reason: str) -> None:
        self.damaged += 1
        self.told(f"{path}: {reason}; the cell is lived again")

    def _path(self, key: str) -> Path:
        return self._cells / key[:2] / f"{key}.cell"

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.partial")
        try:
            unfinished.write_bytes(data)
            os.replace(unfinished, path)
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _cannot_keep(folder: Path, error: OSError) -> MachineError:
    return MachineError(
        f"output.store={folder}: finished cells cannot be kept there ({error.strerror or error}); free some space "
        "or choose a folder you may write to (output.store=FOLDER), then start the same command again: what was "
        "finished is kept and not lived again")


def default_folder() -> Path:
    """Where cells are kept when ``output.store`` is null: beside the compiled code in the user's cache."""
    return CACHE_FOLDER.parent.parent / "cells"


def open_store(config: Config, told: Callable[[str], None] = lambda text: None) -> Store | None:
    """The store of a world (``output.store``); the user's cache where none is named.

    Parameters
    ----------
    config : Config
        Whose ``output.store`` is read.
    told : callable
        Called with a sentence about a damaged cell, or a cache that cannot be written.

    Returns
    -------
    Store or None
        None where none was named and the cache cannot be written: then nothing is kept.

    Raises
    ------
    MachineError
        When the folder that was named cannot be written.
    """
    if config.output.store is not None:
        return Store(Path(config.output.store).expanduser(), told)
    folder = default_folder()
    try:
        store = Store(folder, told)
        store.must_keep()
    except MachineError as error:
        told(str(error))
        return None
    _drop_old_versions(folder)
    return store


def _drop_old_versions(folder: Path) -> None:
    """Delete cells of versions of the code not used for a month (of the user's cache alone)."""
    for version in folder.iterdir():
        with contextlib.suppress(OSError):
            age = (time.time() - (version / ".writable").stat().st_mtime) / DAY_SECONDS
            if age > MOST_DAYS_UNUSED:
                shutil.rmtree(version, ignore_errors=True)


def packed(table: Table, key: str) -> bytes:
    """A table as bytes that say when they are damaged, or another key's: mark, digest of key and rest, columns.

    Examples
    --------
    >>> again = unpacked(packed(Table({"name": ["a", "b"], "value": [1.0, float("nan")]}), "k"), "k")
    >>> again["name"].tolist(), again["value"].tolist()
    (['a', 'b'], [1.0, nan])
    """
    columns: list[dict[str, Any]] = []
    blocks = []
    for name, values in table.columns.items():
        words = None
        if values.dtype == object:
            words, numbers = codes(values)
            values = numbers.astype("<u2" if len(words) < 2**16 else "<u8")
        values = values.astype(values.dtype.newbyteorder("<"))
        columns.append({"name": name, "kind": values.dtype.str, "words": words})
        blocks.append(values.tobytes())
    head = json.dumps({"rows": len(table), "columns": columns}, ensure_ascii=False).encode()
    body = zlib.compress(len(head).to_bytes(8, "little") + head + b"".join(blocks), 1)
    return MARK + _digest(key, body) + body


def _digest(key: str, body: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + b"\n" + body, digest_size=DIGEST_BYTES).digest()


def unpacked(data: bytes, key: str) -> Table:
    """The inverse of :func:`packed`.

    Raises
    ------
    CxsimError
        When the bytes are of another form, or not those that were written under this key.
    """
    if not data.startswith(MARK):
        raise CxsimError("it is no cell of this version of cxsim")
    start = len(MARK) + DIGEST_BYTES
    if _digest(key, data[start:]) != data[len(MARK):start]:
        raise CxsimError("its content is not what was written under this name (its digest differs)")
    plain = zlib.decompress(data[start:])
    place = 8 + int.from_bytes(plain[:8], "little")
    head = json.loads(plain[8:place])
    columns = {}
    for column in head["columns"]:
        kind = np.dtype(column["kind"])
        size = kind.itemsize * head["rows"]
        values = np.frombuffer(plain[place:place + size], kind)
        place += size
        if column["words"] is not None:
            values = np.array(column["words"], dtype=object)[values]
        columns[column["name"]] = values
    return Table(columns)
