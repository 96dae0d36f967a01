"""The command that asks what the answer rests on."""

from __future__ import annotations

from collections.abc import Sequence

from cxsim.cli.asking import ask, words_typed
from cxsim.cli.progress import first_use_notice, progress_bar, refuse_early, say_cautions
from cxsim.errors import Resumable


def sensitivity(words: Sequence[str]) -> int:
    """``cxsim sensitivity``: which assumptions the answer rests on, and what it is worth to know them."""
    request = ask("sensitivity", words, early=refuse_early)
    if request is None:
        return 0
    from cxsim.measure.whole_file import must_be_writable
    from cxsim.report.sensitivity_folder import write_sensitivity
    from cxsim.report.terminal_sections import print_sections
    from cxsim.settings.cautions import cautions_of_worlds, scenario_worlds
    from cxsim.whatif.sensitivity import sensitivity as analysed

    found = cautions_of_worlds(scenario_worlds(request.config, request.scenarios, request.baseline))
    say_cautions(found)
    must_be_writable(request.run_dir)
    first_use_notice()
    try:
        with progress_bar("sensitivity") as tell:
            made = analysed(request.config, request.scenarios, request.options.sensitivity,
                            baseline=request.baseline, progress=tell)
    except KeyboardInterrupt:
        raise Resumable("finished lives are kept: start the same command again and it goes on from them") from None
    sections = write_sensitivity(made, request.run_dir, words_typed("sensitivity", words), cautions=found)
    print_sections(sections)
    print(f"Written: {request.run_dir}")
    return 0
