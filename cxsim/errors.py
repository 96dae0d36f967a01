"""The one error a user can cause: a sentence that names the cause and the cure."""

from __future__ import annotations


class CxsimError(Exception):
    """Something the user asked for cannot be done; the message says why and what to do.

    The command line prints the message without a traceback and exits with code 2.

    Examples
    --------
    >>> raise CxsimError("horizon_days=0: must be at least 1; set horizon_days=365")
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: horizon_days=0: must be at least 1; set horizon_days=365
    """


class Resumable(KeyboardInterrupt):
    """Ctrl-C in a command that keeps what is finished; the text says so, and how to go on.

    Examples
    --------
    >>> str(Resumable("finished lives are kept"))
    'finished lives are kept'
    """


class MachineError(CxsimError):
    """What was asked for is possible, but not on this machine now: a full disk, a folder that cannot be written.

    The command line prints the message without a traceback and exits with code 1.

    Examples
    --------
    >>> isinstance(MachineError("the disk is full; free some space"), CxsimError)
    True
    """
