"""Broken variants of sound bytes, the same ones for the same dice."""

from collections.abc import Callable, Sequence
from random import Random

_MOST = 4_096
_INTERESTING = b"\x00\x01\x7f\x80\xff\x0a\x0d\x20\x22\x2c\x30\x39\x5b\x5d\x7b\x7d"

Change = Callable[[bytearray, Sequence[bytes], Sequence[bytes], Random], None]


def mutate(seeds: Sequence[bytes], marks: Sequence[bytes], dice: Random) -> bytes:
    """Up to 4 KiB: one to three sound inputs in a row, or nothing but noise, then some damage.

    `marks`: what frames begin and end with, the bytes that deceive best.
    """
    if dice.random() < 0.1:
        return dice.randbytes(dice.randrange(64))
    data = bytearray(b"".join(dice.choice(seeds) for _ in range(dice.choice((1, 1, 1, 2, 3)))))
    for _ in range(dice.randint(0, 4)):
        dice.choice(_CHANGES)(data, seeds, marks, dice)
    return bytes(data[:_MOST])


def cut(data: bytes, dice: Random) -> list[bytes]:
    """The same bytes in one to four portions."""
    places = sorted(dice.randint(0, len(data)) for _ in range(dice.randrange(4)))
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


def _flip(data: bytearray, _: Sequence[bytes], __: Sequence[bytes], dice: Random) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _overwrite(data: bytearray, _: Sequence[bytes], __: Sequence[bytes], dice: Random) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.choice(_INTERESTING)


def _drop(data: bytearray, _: Sequence[bytes], __: Sequence[bytes], dice: Random) -> None:
    start = dice.randint(0, len(data))
    del data[start : start + dice.randint(1, 8)]


def _truncate(data: bytearray, _: Sequence[bytes], __: Sequence[bytes], dice: Random) -> None:
    del data[dice.randint(0, len(data)) :]


def _double(data: bytearray, _: Sequence[bytes], __: Sequence[bytes], dice: Random) -> None:
    start = dice.randint(0, len(data))
    part = data[start : start + dice.randint(1, 64)]
    data[start:start] = part


def _mark(data: bytearray, _: Sequence[bytes], marks: Sequence[bytes], dice: Random) -> None:
    start = dice.randint(0, len(data))
    data[start:start] = dice.choice(marks)


def _noise(data: bytearray, _: Sequence[bytes], __: Sequence[bytes], dice: Random) -> None:
    start = dice.randint(0, len(data))
    data[start:start] = dice.randbytes(dice.randint(1, 16))


def _splice(data: bytearray, seeds: Sequence[bytes], _: Sequence[bytes], dice: Random) -> None:
    other = dice.choice(seeds)
    data[dice.randint(0, len(data)) :] = other[dice.randint(0, len(other)) :]


_CHANGES: tuple[Change, ...] = (
    _flip,
    _overwrite,
    _drop,
    _truncate,
    _double,
    _mark,
    _noise,
    _splice,
)
