"""On which line of a TOML file a table or key stands: what tomllib reads but does not tell."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence

_KEY = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PLAIN = re.compile(r"[^,\]}#\n]*")
_TOLD = re.compile(r"\(at line (\d+), column \d+\)$")
_STEP = re.compile(r"(?:\[\d+\]|\.?[^.\[\]]+)$")


def line_told(error: ValueError) -> int | None:
    """The line that tomllib names; in Python 3.11 its error tells it in words only."""
    found = _TOLD.search(str(error)) if isinstance(error, tomllib.TOMLDecodeError) else None
    return None if found is None else int(found.group(1))


class TomlLines:
    """Of the text of a file that tomllib has read; of other text it finds what it can.

    Paths are those of `Problem`: `points[2].register.address`, tables in arrays by their index.
    """

    def __init__(self, text: str) -> None:
        scan = _Scan(text)
        scan.run()
        self._lines = scan.found

    def line_of(self, path: str) -> int | None:
        """The line of that key, else of the nearest table around it; None: nothing of it is there.

        What is missing has no line of its own, so it is told at the table that lacks it.
        """
        while path:
            if path in self._lines:
                return self._lines[path]
            path = _STEP.sub("", path, count=1)
        return None


class _Scan:
    """One pass over the text; `found` has the line of each table, key and element of an array."""

    def __init__(self, text: str) -> None:
        self.found: dict[str, int] = {}
        self._text = text
        self._at = 0
        self._starts = [0, *(one.end() for one in re.finditer("\n", text))]
        self._counts: dict[str, int] = {}  # by path of an array of tables, how many there were

    def run(self) -> None:
        table = ""
        while self._skip() < len(self._text):
            before = self._at
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
            if self._at == before:  # no TOML: what follows means nothing
                return

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found.group()

    def _skip(self) -> int:
        self._take(_BLANK)
        return self._at

    def _note(self, path: str, at: int) -> None:
        self.found.setdefault(path, bisect_right(self._starts, at))

    def _keys(self) -> list[str]:
        """A dotted key, each part without its quotes."""
        keys = []
        while key := self._take(_KEY):
            keys.append(key.strip("\"'"))
            self._skip()
            if self._peek() != ".":
                break
            self._at += 1
            self._skip()
        return keys

    def _header(self) -> str:
        start = self._at
        is_array = self._text.startswith("[[", start)
        self._at += 1 + is_array
        self._skip()
        keys = self._keys()
        self._at += 1 + is_array
        path = self._inside("", keys[:-1])
        for last in keys[-1:]:
            path = _join(path, last)
            if is_array:
                self._note(path, start)
                path = self._next(path)
            elif path in self._counts:
                path = self._last(path)
        self._note(path, start)
        return path

    def _inside(self, path: str, keys: Sequence[str]) -> str:
        """Down to a table; in an array of tables that is the last one so far."""
        for key in keys:
            path = self._last(_join(path, key))
            self._note(path, self._at)
        return path

    def _next(self, path: str) -> str:
        count = self._counts.get(path, 0)
        self._counts[path] = count + 1
        return f"{path}[{count}]"

    def _last(self, path: str) -> str:
        return f"{path}[{self._counts[path] - 1}]" if path in self._counts else path

    def _pair(self, table: str) -> None:
        start = self._at
        path = table
        for key in self._keys():
            path = _join(path, key)
            self._note(path, start)
        if self._peek() == "=":
            self._at += 1
            self._skip()
            self._value(path)

    def _value(self, path: str) -> None:
        first = self._peek()
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline(path)
        elif self._take(_STRING) is None:
            self._take(_PLAIN)

    def _array(self, path: str) -> None:
        self._at += 1
        index = 0
        while self._skip() < len(self._text) and self._peek() != "]":
            before = self._at
            self._note(f"{path}[{index}]", before)
            self._value(f"{path}[{index}]")
            if not self._comma(before):
                return
            index += 1
        self._at += 1

    def _inline(self, path: str) -> None:
        self._at += 1
        while self._skip() < len(self._text) and self._peek() != "}":
            before = self._at
            self._pair(path)
            if not self._comma(before):
                return
        self._at += 1

    def _comma(self, before: int) -> bool:
        """Past the comma, if there is one; False when nothing was read: this is no TOML."""
        self._skip()
        if self._peek() == ",":
            self._at += 1
        return self._at > before


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
