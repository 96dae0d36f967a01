"""Several values typed for one key: globs put into names, what cannot be meant refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec

from hydra.core.override_parser.types import ChoiceSweep, Glob, Override, Sweep, ValueType

from cxsim.config.folders import groups
from cxsim.config.options import Options
from cxsim.errors import CxsimError

LAUNCHERS = ("joblib", "submitit")


def listed(one: Override) -> Override:
    """The same override, a ``glob(...)`` being the options of its group that match.

    Raises
    ------
    CxsimError
        A glob where there is no group, or that nothing matches; several values within several.
    """
    value = one._value
    if isinstance(value, ChoiceSweep) and any(isinstance(inner, Sweep | Glob) for inner in value.list):
        raise CxsimError(f"{one.input_line}: several values within several; write all of them in one list, as in "
                         f"{one.get_key_element()}=a,b,c")
    if not isinstance(value, Glob):
        return one
    group = one.key_or_group
    options = sorted(groups().get(group, ()))
    if not options:
        raise CxsimError(f"{one.input_line}: glob(...) stands for options of a group, and {group} is no group; "
                         f"name the values one by one, as in {group}=a,b")
    names = value.filter(options)
    if not names:
        raise CxsimError(f"{one.input_line}: matches no option of {group}; there are {', '.join(options)}")
    return replace(one, value_type=ValueType.SIMPLE_CHOICE_SWEEP, _value=ChoiceSweep(list=names, simple_form=True))


def refuse_absent_launcher(one: Override) -> None:
    """Refuse a launcher of Hydra whose package is known, but not installed."""
    name = str(one.value()).partition("_")[0]
    if one.key_or_group == "hydra/launcher" and name in LAUNCHERS and not is_installed(name):
        raise CxsimError(f"{one.input_line}: this launcher is not installed; pip install 'cxsim[launchers]', or "
                         "leave it out for Hydra's own")


def is_installed(launcher: str) -> bool:
    """Whether a launcher's package can be imported."""
    try:
        return find_spec(f"hydra_plugins.hydra_{launcher}_launcher") is not None
    except ModuleNotFoundError:
        return False


def refuse_unclear(typed: Sequence[Override]) -> None:
    """Refuse a key with several values that is given twice, or that only says what a command does.

    Raises
    ------
    CxsimError
        Names the words as typed.

    Examples
    --------
    >>> from cxsim.config.overrides import parse
    >>> refuse_unclear(parse(["referral.bonus=0,10", "referral.bonus=5"]))
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: referral.bonus=0,10 and referral.bonus=5: the same key twice; leave one of them out
    """
    words: dict[str, Override] = {}
    for one in typed:
        key = one.get_key_element().lstrip("+~")
        other = words.setdefault(key, one)
        if other is not one and (one.is_sweep_override() or other.is_sweep_override()):
            raise CxsimError(f"{other.input_line} and {one.input_line}: the same key twice; leave one of them out")
        if one.is_sweep_override() and key.partition(".")[0].partition("/")[0] in (*Options.model_fields, "hydra"):
            raise CxsimError(f"{one.input_line}: {key} says what the command does, not how the world is, and "
                             "cannot be swept; give it one value, or a list in brackets")
        if one.is_sweep_override():
            words[key] = one
