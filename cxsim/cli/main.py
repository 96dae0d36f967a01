"""The dispatcher: which command, and what the user reads when it cannot be done."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

from cxsim.cli.commands import COMMANDS
from cxsim.errors import CxsimError, MachineError, Resumable

EXIT_DONE, EXIT_MACHINE, EXIT_USER, EXIT_INTERRUPTED = 0, 1, 2, 130
WHOLE = "finished files are whole, nothing half-written was kept"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Words after ``cxsim``; default those of the process.

    Returns
    -------
    int
        0 done, 1 the machine could not (full disk, read-only folder), 2 the user asked for something
        impossible, 130 interrupted.

    Examples
    --------
    >>> main(["list", "parallel"])
    parallel
      dask       Replications on a Dask cluster: workers of this machine, or of many.
      processes  Replications in processes of their own (for engine=simpy).
      threads    Replications in threads of one process.
    0
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(words)
    except CxsimError as error:
        return _told(str(error), EXIT_MACHINE if isinstance(error, MachineError) else EXIT_USER)
    except KeyboardInterrupt as error:
        own = str(error) if isinstance(error, Resumable) else WHOLE
        code = _told(f"interrupted; {own}", EXIT_INTERRUPTED)
        _leave_at_once(code)
        return code
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_MACHINE
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or str(error) or type(error).__name__
        return _told(
            f"{where}{reason}; free space or choose a folder you may write to, with "
            "hydra.run.dir=FOLDER, then start the same command again",
            EXIT_MACHINE,
        )
    except MemoryError:
        return _told("out of memory; lower n_customers, replications or parallel.workers", EXIT_MACHINE)


def _leave_at_once(code: int) -> None:
    """End this process where replications still run in threads or processes: nobody wants their results.

    Threads cannot be stopped, and hold nothing open; worker processes end when they see this one gone.
    """
    own = threading.current_thread()
    busy = [one for one in threading.enumerate() if one is not own and one.is_alive() and not one.daemon]
    if busy or "distributed" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(help_text())
        return EXIT_DONE
    name, rest = words[0], words[1:]
    if name in ("-V", "--version"):
        print(f"cxsim {_version()}")
        return EXIT_DONE
    if name in ("-sc", "--shell-completion"):
        from cxsim.cli.completion import complete

        return complete(rest)
    if name not in COMMANDS:
        from cxsim.cli.unknown import unknown_command

        raise CxsimError(unknown_command(name))
    return COMMANDS[name].handler()(rest)


def help_text() -> str:
    """What ``cxsim --help`` prints.

    Examples
    --------
    >>> help_text().splitlines()[0]
    'cxsim: what a change of the customer experience does to retention, upsell, referral and money.'
    """
    width = max(map(len, COMMANDS))
    lines = [
        "cxsim: what a change of the customer experience does to retention, upsell, referral and money.",
        "",
        "usage: cxsim COMMAND [KEY=VALUE ... | arguments]",
        "",
        "commands:",
        *(f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()),
        "",
        "examples:",
        "  cxsim compare                                        the demo",
        "  cxsim compare market=subscription scenarios=[live_chat]",
        "  cxsim run scenario=points_program n_customers=2000",
        "  cxsim COMMAND --help                                 groups, keys and flags of a command",
    ]
    return "\n".join(lines)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("cxsim")
    except PackageNotFoundError:
        return "(not installed)"


def _told(message: str, code: int) -> int:
    print(f"cxsim: {message}", file=sys.stderr)
    return code
