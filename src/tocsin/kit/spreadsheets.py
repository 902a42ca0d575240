"""Text for a spreadsheet's cell, which stays text: no program takes it for a formula."""

import unicodedata
from typing import Final

# What starts a formula, a command or a link to one, full-width forms and the bar of old DDE included.
_STARTS: Final = tuple("=+-@|%＝＋－＠﹦﹢﹣﹫−")


def cell(text: str) -> str:
    """Return `text` on one line, with an apostrophe before it if it began like a formula.

    The apostrophe is how spreadsheets mark text themselves. Controls, tabs and line ends among
    them, become spaces: several programs look behind them for a formula.
    """
    line = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text).strip()
    return f"'{line}" if line.startswith(_STARTS) else line
