"""Fuzzes with an eye on the code: `python -m tests.fuzz.guided --seconds 60 [--save] [PARSER]`.

An input that reaches a step from one line to another that none reached before is kept, and its
mutants are tried next. `--save` writes what was kept to tests/fuzz/corpus, one input a line in
hexadecimal; the suite replays it. (Atheris would do this better, but has no wheel for arm64.)
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from types import CodeType, FrameType, TracebackType
from typing import Any, Self

from tests.fuzz.mutation import mutate
from tests.fuzz.parser import NamedInput, Parser
from tests.fuzz.streams import parsers

CORPUS = Path(__file__).parent / "corpus"
_ROOT = Path(__file__).parents[2]
_WATCHED = tuple(str(_ROOT / one) for one in ("edge_agent/driver/", "edge_agent/bus/m", "wire/"))
_MOST = 1_024
"""Bytes of an input that is kept: what needs more to reach new code is rare, and hard to read."""

Step = tuple[CodeType, int, int]


class Coverage:
    """The steps from line to line of watched code, while this is entered."""

    def __init__(self) -> None:
        self.steps: set[Step] = set()

    def __enter__(self) -> Self:
        sys.settrace(self._called)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, event: str, argument: Any) -> "_Lines | None":
        del event, argument
        code = frame.f_code
        return _Lines(code, self.steps) if code.co_filename.startswith(_WATCHED) else None


class _Lines:
    """The lines of one call."""

    def __init__(self, code: CodeType, steps: set[Step]) -> None:
        self._code, self._steps, self._line = code, steps, 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> "_Lines":
        del argument
        if event in ("line", "return"):
            line = frame.f_lineno if event == "line" else -frame.f_lineno
            self._steps.add((self._code, self._line, line))
            self._line = line
        return self


def corpus(parser: str) -> list[bytes]:
    """The inputs that are kept of it."""
    path = CORPUS / f"{parser}.txt"
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [bytes.fromhex(line) for line in lines]


def steps_of(parser: Parser, data: bytes) -> set[Step]:
    """What this input reaches; raise what a broken promise raises."""
    with NamedInput(parser.name, data), Coverage() as coverage:
        parser.run(data, Random(0))
    return coverage.steps


def explore(parser: Parser, seconds: float, seed: int) -> tuple[list[bytes], int, int]:
    """The inputs worth keeping, how many steps they reach together, and how many were tried."""
    dice, kept, seen = Random(f"{seed} {parser.name}"), list[bytes](), set[Step]()
    for data in (*corpus(parser.name), *parser.seeds):
        if len(data) <= _MOST:
            _try(parser, data, kept, seen)
    tried, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        data = mutate(kept or parser.seeds, parser.marks, dice)[:_MOST]
        _try(parser, data, kept, seen)
        tried += 1
    return kept, len(seen), tried


def _try(parser: Parser, data: bytes, kept: list[bytes], seen: set[Step]) -> None:
    steps = steps_of(parser, data)
    if not steps <= seen:
        seen |= steps
        kept.append(data)


def _save(parser: str, kept: Sequence[bytes]) -> None:
    text = "".join(f"{data.hex(' ')}\n" for data in kept)
    (CORPUS / f"{parser}.txt").write_text(text, encoding="ascii")


def _chosen(names: Sequence[str]) -> Iterator[Parser]:
    return (parser for parser in parsers() if not names or parser.name in names)


def main(arguments: Sequence[str] | None = None) -> int:
    """Explore the parsers named, or all, each for the same time."""
    reader = argparse.ArgumentParser(
        prog="python -m tests.fuzz.guided",
        description="Look for inputs that reach code which none has reached.",
        epilog="example: python -m tests.fuzz.guided --seconds 60 --save stream.hlk_ld2410",
    )
    reader.add_argument("parsers", nargs="*", metavar="PARSER", help="names; all without any")
    reader.add_argument("--seconds", type=float, default=10.0, help="for each (default 10)")
    reader.add_argument("--seed", type=int, default=1, help="other inputs for another (default 1)")
    reader.add_argument("--save", action="store_true", help="keep what was found in the corpus")
    given = reader.parse_args(arguments)
    for parser in _chosen(given.parsers):
        kept, steps, tried = explore(parser, given.seconds, given.seed)
        print(f"{parser.name}: {tried} tried, {len(kept)} kept, {steps} steps reached", flush=True)
        if given.save:
            _save(parser.name, kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())
