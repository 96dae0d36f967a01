"""The command that reproduces recorded experiments."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cxsim.cli.progress import first_use_notice, progress_bar
from cxsim.errors import CxsimError


def experiment(words: Sequence[str]) -> int:
    """``cxsim experiment NAME|all``: run it again and judge it against its recorded answer."""
    parser = argparse.ArgumentParser(prog="cxsim experiment", description="Reproduce a recorded experiment.")
    parser.add_argument("name", metavar="NAME|all", help="one experiment, or all of them")
    parser.add_argument("--record", action="store_true", help="print the answers as a record of this platform")
    asked = parser.parse_args(list(words))
    chosen = _chosen(asked.name)
    first_use_notice()
    return 0 if all([_reproduce(name, asked.record) for name in chosen]) else 1


def _chosen(name: str) -> list[str]:
    from cxsim.config.folders import experiments_folder
    from cxsim.settings.keys import nearest

    there = sorted(file.stem for file in experiments_folder().glob("*.yaml"))
    if name == "all":
        return there
    if name not in there:
        near = nearest(name, there)
        raise CxsimError(
            f"{name}: there is no such experiment; there are {', '.join(there)}"
            + (f"; did you mean {near}?" if near else "")
        )
    return [name]


def _reproduce(name: str, is_recorded: bool) -> bool:
    """Run one experiment, print its findings, and say whether the record holds."""
    from cxsim.config.folders import experiments_folder
    from cxsim.config.loading import load
    from cxsim.report.terminal_tables import print_findings
    from cxsim.whatif.experiment import findings_table, platform_here, read_experiment, run_experiment

    found = read_experiment(experiments_folder() / f"{name}.yaml")
    worlds = {world: load(overrides) for world, overrides in found.worlds.items()}
    with progress_bar(name) as tell:
        findings = run_experiment(found, worlds, progress=tell)
    print(f"{found.question}  ({found.source})")
    print_findings(findings_table(name, findings))
    if found.conclusion:
        print(found.conclusion)
    if is_recorded:
        for finding in findings:
            print(f"  {finding.answer.name}: recorded: {finding.value!r}")
        print("  recorded_on: {" + ", ".join(f"{key}: {value}" for key, value in platform_here().items()) + "}")
    return all(finding.is_reproduced for finding in findings)
