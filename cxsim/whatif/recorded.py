"""What a run folder's ``config.yaml`` holds, read by the schema of this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from cxsim.errors import CxsimError


@contextmanager
def as_recorded() -> Iterator[None]:
    """Within it, whatever the schema refuses is said to be of another version of cxsim.

    Raises
    ------
    CxsimError
        When what is validated does not fit; make the run again with this version, or use the one that made it.

    Examples
    --------
    >>> from cxsim.settings.schema import Output
    >>> with as_recorded():
    ...     Output.model_validate({"rows": 1})
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: config.yaml: is not of this version of cxsim (Extra inputs are not permitted)
    """
    try:
        yield
    except ValidationError as error:
        raise CxsimError(f"config.yaml: is not of this version of cxsim ({error.errors()[0]['msg']})") from None
