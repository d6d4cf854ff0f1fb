"""The words of a planned read to what its points decode to, prepared once for each read."""

from collections.abc import Callable, Collection, Mapping, Sequence

from device_profiles.encoding import BIT_TABLES, NumberType, Register
from device_profiles.model import Point, ValueKind
from edge_agent.driver.decode import Decoded, decode_raw, factor_of, scaled
from edge_agent.driver.raw import Raw, raw_of_words
from edge_agent.driver.request_plan import PlannedRead
from edge_agent.exchange import Sample

_SIGN = 0x8000
_DIVISORS = {1 / 10**digits: float(10**digits) for digits in range(7)}
_KEPT = 256
"""Raw values of one point whose meaning is kept, so that those that come again cost nothing."""

_Words = Sequence[int]
_Decode = Callable[[_Words], Decoded]
_Word = tuple[str, int, int, float]
"""A point that is a word: its id, where the word stands, its sign bit if any, what divides it."""


class Reader:
    """A read, with how each of its points is found in the reply.

    `is_plain`: what a word means is all there is to it: no point is gated, bounded, scaled or
    computed by another, and none is among `bounds`, the points that bound others. `is_direct`: and
    each is a whole number of a word, with a decimal point in it.
    """

    def __init__(self, read: PlannedRead, bounds: Collection[str | None] = ()) -> None:
        self.read = read
        registers = [(one, one.register) for one in read.points if one.register is not None]
        self._alone = [(one.id, _decoder(one, register, read)) for one, register in registers]
        self._has_scales = any(register.scale_from is not None for _, register in registers)
        self.is_plain = not self._has_scales and all(_is_plain(one, bounds) for one in read.points)
        self._direct = _direct(registers, read) if self.is_plain else ()
        self.is_direct = bool(self._direct)
        self._words: _Words = ()
        self._found: Mapping[str, Decoded] = {}

    def decode(self, words: _Words) -> Mapping[str, Decoded]:
        """Every point that has a register in this read, gates and ceilings aside.

        The same words as before give the same mapping as before.
        """
        if words == self._words:
            return self._found
        if self._has_scales:
            found = decode_raws(self.read, raws_of(self.read, words))
        else:
            found = {name: decode(words) for name, decode in self._alone}
        self._words, self._found = words, found
        return found

    def samples(self, words: _Words, at_us: int) -> list[Sample]:
        """Of a read that is direct what `decode` says, without a step between, for that is most."""
        return [
            Sample(name, ((words[at] ^ sign) - sign) / divisor, at_us)
            for name, at, sign, divisor in self._direct
        ]


def decode_read(read: PlannedRead, words: Sequence[int]) -> Mapping[str, Decoded]:
    """Every point that has a register in this read, gates and ceilings aside."""
    return Reader(read).decode(words)


def raws_of(read: PlannedRead, words: Sequence[int]) -> dict[str, Raw]:
    """The raw values of the points that have a register in this read."""
    return {
        point.id: raw_of_words(point.register, words[point.register.address - read.address :])
        for point in read.points
        if point.register is not None
    }


def decode_raws(
    read: PlannedRead, raws: Mapping[str, Raw], scales: Mapping[str, Raw] | None = None
) -> dict[str, Decoded]:
    """`scales`: where scales that stand in other points are looked up, if not in `raws`."""
    looked_up = raws if scales is None else scales
    return {
        point.id: _decode(point, raws[point.id], looked_up)
        for point in read.points
        if point.id in raws
    }


def _decode(point: Point, raw: Raw, scales: Mapping[str, Raw]) -> Decoded:
    register = point.register
    if register is None:
        raise ValueError(f"point {point.id} has no register")
    source = register.scale_from
    factor = None if source is None else factor_of(source, scales)
    return decode_raw(point, register, raw, factor)


def _is_plain(point: Point, bounds: Collection[str | None]) -> bool:
    judged = point.valid_when or point.ceiling is not None or point.tilt is not None
    return not judged and point.id not in bounds


def _decoder(point: Point, register: Register, read: PlannedRead) -> _Decode:
    start = register.address - read.address
    if _is_number_of_a_word(point, register):
        return _number_of_a_word(register, start)
    return _kept(point, register, start)


def _is_number_of_a_word(point: Point, register: Register) -> bool:
    """A whole register as a number with scale and offset, and nothing besides."""
    return (
        point.value is ValueKind.NUMBER
        and register.table not in BIT_TABLES
        and register.type in (NumberType.U16, NumberType.S16)
        and register.byte_order is None
        and register.mask is None
        and not register.shift
        and not register.sentinels
        and not register.enum
        and register.contains is None
    )


def _number_of_a_word(register: Register, at: int) -> _Decode:
    if register.minimum is not None or register.maximum is not None:
        if register.type is NumberType.U16:
            return lambda words: scaled(register, words[at])
        return lambda words: scaled(register, (words[at] ^ _SIGN) - _SIGN)
    divisor = _divisor(register)
    if divisor is not None:
        sign = _sign(register)
        return lambda words: Decoded(((words[at] ^ sign) - sign) / divisor)
    scale, offset = register.scale, register.offset  # as `scaled` does, for most of all points
    if register.type is NumberType.U16:
        return lambda words: Decoded(float(round(words[at] * scale + offset, 10)))
    return lambda words: Decoded(float(round(((words[at] ^ _SIGN) - _SIGN) * scale + offset, 10)))


def _direct(registers: Sequence[tuple[Point, Register]], read: PlannedRead) -> tuple[_Word, ...]:
    """Of each point its word; nothing unless all of them are such."""
    found: list[_Word] = []
    for point, register in registers:
        divisor = _divisor(register)
        is_bounded = register.minimum is not None or register.maximum is not None
        if divisor is None or is_bounded or not _is_number_of_a_word(point, register):
            return ()
        found.append((point.id, register.address - read.address, _sign(register), divisor))
    return tuple(found)


def _divisor(register: Register) -> float | None:
    """What divides the number where its scale is a power of ten: as exact, and quicker by much."""
    return None if register.offset else _DIVISORS.get(register.scale)


def _sign(register: Register) -> int:
    return _SIGN if register.type is NumberType.S16 else 0


def _kept(point: Point, register: Register, start: int) -> _Decode:
    """By the words alone, which for most points are few: states, codes, slow numbers."""
    known: dict[tuple[int, ...], Decoded] = {}
    end = start + register.count

    def decode(words: _Words) -> Decoded:
        mine = tuple(words[start:end])
        decoded = known.get(mine)
        if decoded is None:
            if len(known) >= _KEPT:
                known.clear()
            decoded = known[mine] = decode_raw(point, register, raw_of_words(register, mine))
        return decoded

    return decode
