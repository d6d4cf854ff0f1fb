"""An argparse parser that keeps the lines of its texts and asks for the terminal's width itself."""

import argparse
import os
from typing import Any

_COLUMNS = 80
_MARGIN = 2  # as argparse leaves it


class _Help(argparse.RawDescriptionHelpFormatter):
    """argparse makes one for each option; for the width alone it would import shutil, 0.5 MB."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - _MARGIN)


class CommandLine(argparse.ArgumentParser):
    """As any ArgumentParser; so are the parsers of its sub-commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Help, **options})


def _columns() -> int:
    """As shutil.get_terminal_size."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(1).columns or _COLUMNS
    except OSError:  # no terminal
        return _COLUMNS
