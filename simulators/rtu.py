"""Modbus RTU frames: CRC-16, sealing a PDU, and where a request ends."""

from typing import Final

FIXED_REQUEST_FUNCTIONS: Final = frozenset(range(1, 7))
COUNTED_REQUEST_FUNCTIONS: Final = frozenset({15, 16})
FIXED_REQUEST_LENGTH: Final = 8
COUNTED_REQUEST_HEAD: Final = 7
SMALLEST_FRAME: Final = 4
CRC_LENGTH: Final = 2


def _crc_of_byte(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


_TABLE: Final = tuple(_crc_of_byte(value) for value in range(256))


def crc16(content: bytes) -> int:
    """Return CRC-16/MODBUS of the content (polynomial 0xA001 reflected, start 0xFFFF)."""
    crc = 0xFFFF
    for byte in content:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def seal(unit: int, pdu: bytes) -> bytes:
    """Return the frame of a PDU: unit, PDU, CRC low byte first."""
    content = bytes((unit,)) + pdu
    return content + crc16(content).to_bytes(2, "little")


def is_sealed(frame: bytes) -> bool:
    """Tell whether a whole frame ends with the CRC of its content."""
    if len(frame) < SMALLEST_FRAME:
        return False
    return crc16(frame[:-CRC_LENGTH]).to_bytes(2, "little") == frame[-CRC_LENGTH:]


def opened(frame: bytes) -> tuple[int, bytes]:
    """Split a sealed frame into unit and PDU; the caller has checked `is_sealed`."""
    return frame[0], frame[1:-CRC_LENGTH]


def request_length(head: bytes) -> int | None:
    """Return the length of the request that starts with `head`, None if its function is unknown.

    While the bytes that tell the length are missing, the answer is longer than `head`.
    """
    if len(head) < COUNTED_REQUEST_HEAD or head[1] in FIXED_REQUEST_FUNCTIONS:
        known = len(head) < 2 or head[1] in FIXED_REQUEST_FUNCTIONS | COUNTED_REQUEST_FUNCTIONS  # noqa: PLR2004 - unit and function are two bytes
        return FIXED_REQUEST_LENGTH if known else None
    if head[1] in COUNTED_REQUEST_FUNCTIONS:
        return COUNTED_REQUEST_HEAD + head[6] + CRC_LENGTH
    return None


class RequestReader:
    """Cuts the requests to one unit out of a byte stream that has no gaps to go by.

    What can not begin a request of a known shape is dropped byte by byte; those to other units are
    passed over.
    """

    def __init__(self, unit: int) -> None:
        """Listen for a unit."""
        self._unit = unit
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come; return the PDUs of the requests that are now whole."""
        self._pending += data
        found = []
        while self._pending:
            length = request_length(bytes(self._pending[:COUNTED_REQUEST_HEAD]))
            if length is not None and len(self._pending) < length:
                break
            frame = bytes(self._pending[: length or 0])
            if is_sealed(frame):
                unit, pdu = opened(frame)
                found += [pdu] if unit == self._unit else []
            del self._pending[: len(frame) if is_sealed(frame) else 1]
        return found

    def forget(self) -> None:
        """Drop an unfinished request, as after a pause."""
        self._pending.clear()
