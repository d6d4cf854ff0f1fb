"""Which key a PUBLISH carries, read from its bytes."""

from wire.envelope import Key, key_said

_PUBLISH = 3
_SIZES = {0x01: 1, 0x02: 4, 0x23: 2}  # format, expiry, topic alias: MQTT 5 section 2.2.2.2
_TEXT, _PAIR = 0x03, 0x26


def key_of(packet: bytes, body: int) -> Key | None:
    """Of a batch; None for everything else."""
    if packet[0] >> 4 != _PUBLISH or not packet[0] >> 1 & 3:
        return None
    at = body + 2 + int.from_bytes(packet[body : body + 2], "big") + 2
    size, shift = 0, 0
    while True:
        size |= (packet[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not packet[at - 1] & 0x80:
            break
    return key_said(_pairs(packet[at : at + size]))


def _pairs(properties: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(properties):
        kind, at = properties[at], at + 1
        if kind in _SIZES:
            at += _SIZES[kind]
        elif kind == _TEXT:
            _, at = _text(properties, at)
        elif kind == _PAIR:
            name, at = _text(properties, at)
            value, at = _text(properties, at)
            found.append((name, value))
        else:
            raise ValueError(f"property {kind:#x} is none that a gateway sends")
    return found


def _text(properties: bytes, at: int) -> tuple[str, int]:
    end = at + 2 + int.from_bytes(properties[at : at + 2], "big")
    return properties[at + 2 : end].decode(), end
