"""The answer to a command that does not exist."""

from __future__ import annotations

from cxsim.cli.commands import COMMANDS
from cxsim.settings.keys import nearest


def unknown_command(word: str) -> str:
    """The sentence for a word that is no command, with the nearest one.

    Examples
    --------
    >>> unknown_command("comapre")
    'comapre: there is no such command; did you mean cxsim compare?'
    >>> unknown_command("market=subscription")
    'market=subscription: the command comes first, as in cxsim compare market=subscription'
    """
    if "=" in word:
        return f"{word}: the command comes first, as in cxsim compare {word}"
    near = nearest(word, COMMANDS)
    hint = f"did you mean cxsim {near}?" if near else f"there are {', '.join(COMMANDS)}"
    return f"{word}: there is no such {'flag' if word.startswith('-') else 'command'}; {hint}"
