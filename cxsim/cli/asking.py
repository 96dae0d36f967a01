"""Words of Hydra's grammar: to a request, or to an answer that Hydra gave itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxsim.config.hydra_app import Job
    from cxsim.config.loading import Request
    from cxsim.settings.schema import Config


def ask(
    command: str, words: Sequence[str], job: Job | None = None,
    early: Callable[[Config, int], None] | None = None,
) -> Request | None:
    """The validated request behind a command line, or None where Hydra has answered (``--cfg``, ``-m``, ...).

    Parameters
    ----------
    command : str
        The command.
    words : sequence of str
        What stands after it.
    job : callable, optional
        Does one job of a multirun.
    early : callable, optional
        Called with the world and the number of scenarios as soon as they are known, to refuse what it must.

    Raises
    ------
    CxsimError
        Whatever cannot be done, before anything is written.

    Examples
    --------
    >>> ask("run", ["seed=7"]).config.seed
    7
    """
    from cxsim.config.hydra_app import answer, asked
    from cxsim.config.loading import load_request

    question = asked(words)
    if question.is_for_hydra:
        answer(command, question, job)
        return None
    return load_request(command, question.overrides, early)


def words_typed(command: str, words: Sequence[str]) -> list[str]:
    """The words of a command as they were typed, for the manifest.

    Examples
    --------
    >>> words_typed("compare", ["scenarios=[live_chat]"])
    ['cxsim', 'compare', 'scenarios=[live_chat]']
    """
    return ["cxsim", command, *words]
