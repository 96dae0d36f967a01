"""Files appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from cxsim.errors import MachineError

PROBE = bytes(65_536)


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """A name to write to; at the end the file takes its place in one step, on error nothing stays.

    Parameters
    ----------
    path : path
        Where the finished file shall stand; its folder must exist.

    Raises
    ------
    MachineError
        If the folder is absent or read-only or the disk is full: free some space or choose
        another folder (``hydra.run.dir=FOLDER``).

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "answer.txt"
    >>> with whole_file(target) as unfinished:
    ...     _ = unfinished.write_text("42")
    >>> target.read_text(), len(list(target.parent.iterdir()))
    ('42', 1)
    """
    target = Path(path)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        yield unfinished
        os.replace(unfinished, target)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise MachineError(
            f"cannot write {target}: {_reason(error)}; nothing of this file was kept, files finished before it "
            "are whole. Free some space or choose a folder you may write to (hydra.run.dir=FOLDER), then start "
            "the same command again"
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def must_be_writable(folder: Path) -> None:
    """Try whether files can be written to a folder, made for the trial where it is absent; leaves nothing behind.

    To be asked before anything is lived whose results shall go there.

    Raises
    ------
    MachineError
        When they cannot.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a" / "b"
    >>> must_be_writable(target)
    >>> target.parent.exists()
    False
    """
    absent: list[Path] = []
    probe = folder / f".probe.{os.getpid()}.partial"
    try:
        absent += [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(PROBE)
    except OSError as error:
        raise MachineError(
            f"hydra.run.dir={folder}: cannot be written ({_reason(error)}); nothing was run. Free some space or "
            "choose a folder you may write to (hydra.run.dir=FOLDER)") from None
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
            for one in absent:
                one.rmdir()


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def write_text(path: Path | str, text: str) -> None:
    """Write a text file whole or not at all, as UTF-8.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_text(target, "fünf")
    >>> target.read_text(encoding="utf-8")
    'fünf'
    """
    with whole_file(path) as unfinished:
        unfinished.write_bytes(text.encode("utf-8"))
