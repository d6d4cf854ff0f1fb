"""The four Modbus areas of one unit: a request PDU goes in, the reply PDU comes out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

READ_COILS: Final = 1
READ_DISCRETE_INPUTS: Final = 2
READ_HOLDING: Final = 3
READ_INPUT: Final = 4
WRITE_COIL: Final = 5
WRITE_REGISTER: Final = 6
WRITE_COILS: Final = 15
WRITE_REGISTERS: Final = 16

COIL_ON: Final = 0xFF00
EXCEPTION_BIT: Final = 0x80
FIXED_PDU: Final = 5
MOST_BITS_READ: Final = 2000
MOST_REGISTERS_READ: Final = 125
MOST_COILS_WRITTEN: Final = 1968
MOST_REGISTERS_WRITTEN: Final = 123


class ExceptionCode(IntEnum):
    """Why a unit refuses a request (Modbus application protocol V1.1b3, section 7)."""

    ILLEGAL_FUNCTION = 1
    ILLEGAL_ADDRESS = 2
    ILLEGAL_VALUE = 3
    DEVICE_FAILURE = 4
    DEVICE_BUSY = 6
    GATEWAY_TARGET_SILENT = 11


class RefusedError(Exception):
    """The unit answers a request with an exception code."""

    def __init__(self, code: ExceptionCode) -> None:
        """Keep the code that goes on the wire."""
        super().__init__(code.name)
        self.code = code


Value = TypeVar("Value", bool, int)
Refuse = Callable[[int, int], ExceptionCode | None]


def exception_reply(function: int, code: int) -> bytes:
    """Return the PDU that refuses a function: function with bit 7 set, then the code."""
    return bytes((function | EXCEPTION_BIT, code))


def pack_bits(bits: Iterable[bool]) -> bytes:
    """Pack bits as Modbus does: the first address is bit 0 of the first byte."""
    given = tuple(bits)
    value = sum(1 << place for place, bit in enumerate(given) if bit)
    return value.to_bytes((len(given) + 7) // 8, "little")


def unpack_bits(packed: bytes, count: int) -> list[bool]:
    value = int.from_bytes(packed, "little")
    return [bool(value >> place & 1) for place in range(count)]


@dataclass(frozen=True, slots=True)
class _Areas:
    """The four areas as reads find them."""

    discrete_inputs: dict[int, bool]
    coils: dict[int, bool]
    holding: dict[int, int]
    inputs: dict[int, int]


class RegisterImage:
    """What one unit holds; addresses are those on the wire (from 0), values are bits or u16.

    An area that is None does not exist: its functions answer 01. `functions` narrows what the unit
    understands further. `refuse(address, value)` may refuse a holding register before anything of
    the request is stored; `wrote(address, value)` is told what was stored.
    """

    def __init__(
        self,
        *,
        discrete_inputs: Mapping[int, bool] | None = None,
        coils: Mapping[int, bool] | None = None,
        holding: Mapping[int, int] | None = None,
        inputs: Mapping[int, int] | None = None,
        functions: Iterable[int] | None = None,
        refuse: Refuse | None = None,
        wrote: Callable[[int, int], None] | None = None,
    ) -> None:
        """Copy the areas; None means that the unit has no such area."""
        self.discrete_inputs = None if discrete_inputs is None else dict(discrete_inputs)
        self.coils = None if coils is None else dict(coils)
        self.holding = None if holding is None else dict(holding)
        self.inputs = None if inputs is None else dict(inputs)
        self._refuse = refuse
        self._wrote = wrote
        self._held: _Areas | None = None
        self._handlers = self._served(None if functions is None else frozenset(functions))

    def reply(self, pdu: bytes) -> bytes:
        """Execute a request PDU and return the reply PDU, an exception PDU if it is refused.

        Raises ValueError for an empty PDU, which no frame can carry.
        """
        if not pdu:
            raise ValueError("a PDU has at least its function code")
        handler = self._handlers.get(pdu[0])
        if handler is None:
            return exception_reply(pdu[0], ExceptionCode.ILLEGAL_FUNCTION)
        try:
            return handler(pdu)
        except RefusedError as refused:
            return exception_reply(pdu[0], refused.code)

    def hold(self) -> None:
        """Let reads find what is there now, until `release`; only what is written still changes."""
        seen = self._live()
        self._held = _Areas(
            dict(seen.discrete_inputs), dict(seen.coils), dict(seen.holding), dict(seen.inputs)
        )

    def release(self) -> None:
        """Let reads find what is there at their time again."""
        self._held = None

    @property
    def _seen(self) -> _Areas:
        return self._held or self._live()

    def _live(self) -> _Areas:
        return _Areas(
            self.discrete_inputs or {}, self.coils or {}, self.holding or {}, self.inputs or {}
        )

    def _served(self, only: frozenset[int] | None) -> dict[int, Callable[[bytes], bytes]]:
        areas: list[tuple[object, dict[int, Callable[[bytes], bytes]]]] = [
            (self.discrete_inputs, {READ_DISCRETE_INPUTS: self._read_discrete_inputs}),
            (
                self.coils,
                {
                    READ_COILS: self._read_coils,
                    WRITE_COIL: self._write_coil,
                    WRITE_COILS: self._write_coils,
                },
            ),
            (
                self.holding,
                {
                    READ_HOLDING: self._read_holding,
                    WRITE_REGISTER: self._write_register,
                    WRITE_REGISTERS: self._write_registers,
                },
            ),
            (self.inputs, {READ_INPUT: self._read_inputs}),
        ]
        present = [functions for area, functions in areas if area is not None]
        every = {code: handler for group in present for code, handler in group.items()}
        return {code: handler for code, handler in every.items() if only is None or code in only}

    def _read_coils(self, pdu: bytes) -> bytes:
        return _read_bits(pdu, self._seen.coils)

    def _read_discrete_inputs(self, pdu: bytes) -> bytes:
        return _read_bits(pdu, self._seen.discrete_inputs)

    def _read_holding(self, pdu: bytes) -> bytes:
        return _read_registers(pdu, self._seen.holding)

    def _read_inputs(self, pdu: bytes) -> bytes:
        return _read_registers(pdu, self._seen.inputs)

    def _write_coil(self, pdu: bytes) -> bytes:
        address, value = _two_words(pdu)
        if value not in (0, COIL_ON):
            raise RefusedError(ExceptionCode.ILLEGAL_VALUE)
        self._store_coils(address, [value == COIL_ON])
        return pdu

    def _write_coils(self, pdu: bytes) -> bytes:
        address, count, content = _counted(pdu, MOST_COILS_WRITTEN, bits_each=1)
        self._store_coils(address, unpack_bits(content, count))
        return pdu[:FIXED_PDU]

    def _write_register(self, pdu: bytes) -> bytes:
        address, value = _two_words(pdu)
        self._store_registers(address, [value])
        return pdu

    def _write_registers(self, pdu: bytes) -> bytes:
        address, count, content = _counted(pdu, MOST_REGISTERS_WRITTEN, bits_each=16)
        words = [int.from_bytes(content[2 * n : 2 * n + 2], "big") for n in range(count)]
        self._store_registers(address, words)
        return pdu[:FIXED_PDU]

    def _store_coils(self, address: int, bits: list[bool]) -> None:
        coils = self.coils or {}
        _span(coils, address, len(bits))
        for area in (coils, self._seen.coils):
            area.update(enumerate(bits, address))

    def _store_registers(self, address: int, words: list[int]) -> None:
        holding = self.holding or {}
        _span(holding, address, len(words))
        for place, word in enumerate(words, address):
            code = self._refuse(place, word) if self._refuse else None
            if code is not None:
                raise RefusedError(code)
        for place, word in enumerate(words, address):
            for area in (holding, self._seen.holding):
                area[place] = word
            if self._wrote:
                self._wrote(place, word)


def _two_words(pdu: bytes) -> tuple[int, int]:
    if len(pdu) != FIXED_PDU:
        raise RefusedError(ExceptionCode.ILLEGAL_VALUE)
    return int.from_bytes(pdu[1:3], "big"), int.from_bytes(pdu[3:5], "big")


def _counted(pdu: bytes, most: int, *, bits_each: int) -> tuple[int, int, bytes]:
    """Take apart a write of several: address, count, content; refuse what does not add up."""
    address, count = _two_words(pdu[:FIXED_PDU])
    content = pdu[FIXED_PDU + 1 :]
    wanted = (count * bits_each + 7) // 8
    told = pdu[FIXED_PDU] if len(pdu) > FIXED_PDU else -1
    if not 1 <= count <= most or told != wanted or len(content) != wanted:
        raise RefusedError(ExceptionCode.ILLEGAL_VALUE)
    return address, count, content


def _span(area: Mapping[int, Value], address: int, count: int) -> list[Value]:
    wanted = range(address, address + count)
    if any(place not in area for place in wanted):
        raise RefusedError(ExceptionCode.ILLEGAL_ADDRESS)
    return [area[place] for place in wanted]


def _read_bits(pdu: bytes, area: Mapping[int, bool]) -> bytes:
    address, count = _two_words(pdu)
    if not 1 <= count <= MOST_BITS_READ:
        raise RefusedError(ExceptionCode.ILLEGAL_VALUE)
    packed = pack_bits(_span(area, address, count))
    return bytes((pdu[0], len(packed))) + packed


def _read_registers(pdu: bytes, area: Mapping[int, int]) -> bytes:
    address, count = _two_words(pdu)
    if not 1 <= count <= MOST_REGISTERS_READ:
        raise RefusedError(ExceptionCode.ILLEGAL_VALUE)
    words = b"".join(word.to_bytes(2, "big") for word in _span(area, address, count))
    return bytes((pdu[0], len(words))) + words
