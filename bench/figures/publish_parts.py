"""What the bytes of one MQTT packet are for: header, topic, properties, payload; up or down."""

_PUBLISH, _PUBACK, _PING = 3, 4, (12, 13)
_LANES = (b"/urgent", b"/bulk")
_ALIAS = 0x23
_MORE = 0x80


def parts_of(packet: bytes, body: int) -> dict[str, int]:
    """Bytes by name; `body`: where the variable header starts. Birth and status stand apart."""
    kind = packet[0] >> 4
    if kind == _PUBACK:
        return {"down_puback": len(packet)}
    if kind in _PING:
        return {"ping": len(packet)}
    if kind != _PUBLISH:
        return {"connect": len(packet)}
    length = int.from_bytes(packet[body : body + 2], "big")
    topic = packet[body + 2 : body + 2 + length]
    if topic.endswith(b"/receipt"):
        return {"down_receipt": len(packet)}
    if topic and not topic.endswith(_LANES):
        return {"birth_and_status": len(packet)}
    return _of_batch(packet, body, length)


def _of_batch(packet: bytes, body: int, topic: int) -> dict[str, int]:
    at = body + 2 + topic + (2 if packet[0] >> 1 & 3 else 0)
    size, digits = _length(packet, at)
    alias = 3 if size and packet[at + digits] == _ALIAS else 0
    return {
        "up_fixed_header": body,
        "up_topic_and_alias": 2 + topic + alias,
        "up_packet_id": 2 if packet[0] >> 1 & 3 else 0,
        "up_properties": digits + size - alias,
        "up_payload": len(packet) - at - digits - size,
    }


def _length(packet: bytes, at: int) -> tuple[int, int]:
    """A variable byte integer (MQTT 5 section 1.5.5) and how many bytes it takes."""
    number = 0
    for digits in range(1, 5):
        byte = packet[at + digits - 1]
        number |= (byte & ~_MORE) << 7 * (digits - 1)
        if not byte & _MORE:
            return number, digits
    raise ValueError("a length without end")
