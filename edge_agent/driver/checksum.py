"""The checksums of frames, as bytes in the order in which they stand on the wire."""

from device_profiles.framing import Checksum

_POLYNOMIAL = 0xA001  # CRC-16/MODBUS, reflected


def checksum_of(kind: Checksum, data: bytes | bytearray) -> bytes:
    """As many bytes as CHECKSUM_SIZES says; none for Checksum.NONE."""
    match kind:
        case Checksum.NONE:
            return b""
        case Checksum.SUM8:
            return bytes([sum(data) & 0xFF])
        case Checksum.XOR8:
            return bytes([_xor(data)])
        case Checksum.XOR8_INVERTED:
            return bytes([_xor(data) ^ 0xFF])
        case Checksum.CRC16:
            return _crc16(data).to_bytes(2, "little")


def _xor(data: bytes | bytearray) -> int:
    """Halves the data until one byte is left: a loop over bytes is too slow for hostile input."""
    number, size = int.from_bytes(data), len(data)
    while size > 1:
        half = (size + 1) // 2
        number = (number >> 8 * half) ^ (number & ((1 << 8 * half) - 1))
        size = half
    return number


def _row(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_ROWS = tuple(map(_row, range(256)))


def _crc16(data: bytes | bytearray) -> int:
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _ROWS[(crc ^ byte) & 0xFF]
    return crc
