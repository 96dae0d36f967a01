"""From a request of `cxsim optimize` to levers, goal and the scenarios that may be switched on."""

from __future__ import annotations

from cxsim.config.folders import groups
from cxsim.config.loading import Request
from cxsim.config.scenarios import Parts, fitting
from cxsim.errors import CxsimError
from cxsim.settings.keys import nearest
from cxsim.whatif.optimize_options import OptimizeOptions


def search_asked(request: Request) -> tuple[OptimizeOptions, dict[str, Parts]]:
    """What a search is asked, and the parts of each scenario that may be in or out.

    Ranges typed on the command line stand in place of the levers of the chosen file; otherwise those of the file
    hold.

    Raises
    ------
    CxsimError
        A scenario that does not exist, is named twice or does not fit the market.

    Examples
    --------
    >>> from cxsim.config.loading import load_request
    >>> asked, _ = search_asked(load_request("optimize", ["loyalty.earn_rate=interval(0,0.06)"]))
    >>> list(asked.levers)
    ['loyalty.earn_rate']
    """
    asked = request.options.optimize
    if request.ranges:
        asked = asked.model_copy(update={"levers": dict(request.ranges)})
    scenarios: dict[str, Parts] = {}
    for name in asked.scenarios:
        if name in scenarios:
            raise CxsimError(f"optimize.scenarios=[{', '.join(asked.scenarios)}]: {name} is named twice")
        _refuse_unknown(name)
        parts = fitting(name, request.config, request.plain)
        if not any(part.changes for part in parts):
            raise CxsimError(f"optimize.scenarios: {name} changes nothing, so it cannot be switched; leave it out")
        scenarios[name] = parts
    return asked, scenarios


def _refuse_unknown(name: str) -> None:
    """Refuse a scenario that does not exist by the key it was named in, the nearest name first."""
    there = sorted(groups()["scenario"])
    for one in name.split("+"):
        if one not in there:
            near = nearest(one, there)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(there)}"
            raise CxsimError(f"optimize.scenarios: there is no scenario {one}; {hint}")
