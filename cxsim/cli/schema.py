"""The command that prints the JSON Schema of the configuration."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path


def schema(words: Sequence[str]) -> int:
    """``cxsim schema``: for editors that check YAML while it is typed."""
    parser = argparse.ArgumentParser(prog="cxsim schema", description="JSON Schema of the configuration.")
    parser.add_argument("--output", metavar="FILE", help="write to a file instead of the terminal")
    output = parser.parse_args(list(words)).output
    from cxsim.settings.schema import Config

    text = json.dumps(Config.model_json_schema(), indent=2, ensure_ascii=False)
    if output is None:
        print(text)
    else:
        unfinished = Path(f"{output}.partial")
        unfinished.write_text(text + "\n", encoding="utf-8")
        unfinished.replace(output)
        print(f"written to {output}")
    return 0
