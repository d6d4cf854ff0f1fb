"""Throws broken bytes at every parser: `python -m tests.fuzz.streams --runs 1000000 --seed 1`.

The same seed gives the same bytes. A broken promise ends it with a traceback that ends with the
input in hexadecimal, to be added to tests/fuzz/corpus; the exit code is 1 then, else 0. The sibling
`python -m tests.fuzz.guided` looks for inputs that reach new code.
"""

import argparse
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from random import Random

from tests.fuzz.bus_parser import bus_parsers
from tests.fuzz.mutation import mutate
from tests.fuzz.parser import NamedInput, Parser
from tests.fuzz.stream_parser import stream_parsers
from tests.fuzz.wire_parser import wire_parsers

_PROGRESS = 10_000


@dataclass
class Score:
    """What came of the runs of one parser. `grown_kib`: what the process took more, at its peak."""

    parser: str
    runs: int = 0
    bytes: int = 0
    seconds: float = 0.0
    grown_kib: int = 0
    remarks: dict[str, int] = field(default_factory=dict)


def parsers() -> Iterator[Parser]:
    """Every parser that strangers can reach."""
    yield from stream_parsers()
    yield from bus_parsers()
    yield from wire_parsers()


def fuzz(parser: Parser, runs: int, seed: int, *, is_loud: bool = False) -> Score:
    """Run it so often with inputs made from the seed; raise what a broken promise raises."""
    dice, score, remarks = Random(f"{seed} {parser.name}"), Score(parser.name), Counter[str]()
    before_kib, start = _peak_kib(), time.perf_counter()
    for number in range(runs):
        data = mutate(parser.seeds, parser.marks, dice)
        with NamedInput(parser.name, data):
            remark = parser.run(data, dice)
        score.runs, score.bytes = number + 1, score.bytes + len(data)
        remarks.update([] if remark is None else [remark])
        if is_loud and score.runs % _PROGRESS == 0:
            sys.stderr.write(f"\r{parser.name}: {score.runs} of {runs} ")
            sys.stderr.flush()
    score.seconds = round(time.perf_counter() - start, 1)
    score.grown_kib = _peak_kib() - before_kib
    score.remarks = dict(remarks)
    return score


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _told(score: Score) -> str:
    remarks = "".join(f", {count} {remark}" for remark, count in sorted(score.remarks.items()))
    return (
        f"{score.parser}: {score.runs} runs, {score.bytes} bytes in {score.seconds} s, "
        f"{score.grown_kib} KiB more at the peak{remarks}: ok"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz the parsers named, or all; one line for each on stdout."""
    reader = argparse.ArgumentParser(
        prog="python -m tests.fuzz.streams",
        description="Throw broken bytes at every parser.",
        epilog="example: python -m tests.fuzz.streams --runs 100000 --seed 7 stream.hlk_ld2410",
    )
    reader.add_argument("parsers", nargs="*", metavar="PARSER", help="names; all without any")
    reader.add_argument("--runs", type=int, default=3_000, help="inputs for each (default 3000)")
    reader.add_argument("--seed", type=int, default=1, help="other inputs for another (default 1)")
    reader.add_argument("--json", action="store_true", help="one JSON object a line")
    reader.add_argument("--list", action="store_true", help="name the parsers and stop")
    given = reader.parse_args(arguments)
    known = {parser.name: parser for parser in parsers()}
    unknown = [name for name in given.parsers if name not in known]
    if unknown:
        reader.error(f"no parser {unknown[0]!r}; --list names them")
    if given.list:
        print("\n".join(known))
        return 0
    for name in given.parsers or known:
        score = fuzz(known[name], given.runs, given.seed, is_loud=sys.stderr.isatty())
        print(json.dumps(asdict(score)) if given.json else _told(score), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
