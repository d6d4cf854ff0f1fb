"""What a device is, how it is spoken to and how it is installed, on its sheet."""

from collections.abc import Iterator

from device_profiles.framing import BinaryFrame, Checksum, Layout, LineFrame, TextFrame
from device_profiles.handbook import Installation, Switch, said
from device_profiles.model import Profile
from device_profiles.sheet import Facts, Items, Section, Table, blocks, facts
from device_profiles.sheet_points import READS, hex_text
from device_profiles.sheet_units import time_text
from device_profiles.sheet_words import heads, joined, listed, say
from device_profiles.transport import Block, Identity, Modbus, Probe, Serial, Stream


def head_facts(profile: Profile, lang: str, hash_: str | None) -> Facts:
    """`hash_`: what a gateway reports of the profile; None where it would only grow old."""
    version = say(lang, "version", version=profile.version)
    told = [version] if hash_ is None else [version, say(lang, "hash", hash=hash_)]
    return facts(
        (say(lang, "profile"), joined(lang, [profile.id, *told])),
        (say(lang, "kind"), say(lang, profile.kind)),
        (say(lang, "grade"), say(lang, profile.evidence.grade)),
        (say(lang, "source"), said(profile.evidence.source, lang)),
    )


def connection_section(profile: Profile, lang: str) -> Section:
    transport = profile.transport
    told = _modbus(transport, lang) if isinstance(transport, Modbus) else _stream(transport, lang)
    return Section(say(lang, "connection"), blocks(told))


def serial_text(serial: Serial) -> str:
    return f"{serial.baud} {serial.data_bits}{serial.parity}{serial.stop_bits}"


def _modbus(transport: Modbus, lang: str) -> Facts:
    units = say(
        lang,
        "units",
        default=transport.default_unit,
        first=transport.first_unit,
        last=transport.last_unit,
    )
    polled = say(lang, "polled", period=time_text(lang, transport.poll_period))
    late = time_text(lang, transport.late_max)
    times = say(lang, "times", timeout=time_text(lang, transport.timeout), late=late)
    return facts(
        (say(lang, "serial"), _serial(transport.serial, lang)),
        (say(lang, "unit"), units),
        (say(lang, "carriers"), listed(lang, (say(lang, one) for one in transport.carriers))),
        (say(lang, "period"), joined(lang, (polled, times))),
        (say(lang, "blocks"), listed(lang, (_block(one, lang) for one in transport.blocks))),
        (say(lang, "identity"), _identity(transport.identity, lang)),
        (say(lang, "probe"), _probe(transport.probe)),
    )


def _serial(serial: Serial, lang: str) -> str:
    return say(lang, "marked", text=serial_text(serial), mark=say(lang, "serial_preset"))


def _block(block: Block, lang: str) -> str:
    every = say(lang, "every", time=time_text(lang, block.every)) if block.every else ""
    return f"FC{READS[block.table]} {hex_text(block.address)} × {block.count}{every}"


def _identity(identity: Identity | None, lang: str) -> str | None:
    if identity is None:
        return None
    number = f"{identity.doc_address}, " if identity.doc_address else ""
    place = f"{number}FC{READS[identity.table]} {hex_text(identity.address)}"
    value = f"0x{identity.value:04X}"
    if identity.mask != 0xFFFF:  # noqa: PLR2004 - all bits of a register
        value = say(lang, "masked", value=value, mask=f"0x{identity.mask:04X}")
    return say(lang, "identity_is", place=place, value=value)


def _probe(probe: Probe | None) -> str | None:
    if probe is None:
        return None
    return f"FC{READS[probe.table]} {hex_text(probe.address)} × {probe.count}"


def _stream(transport: Stream, lang: str) -> Facts:
    if transport.command is None:
        spoken = say(lang, "never_spoken_to")
    else:
        spoken = say(lang, "spoken_to", layout=transport.command)
    return facts(
        (say(lang, "serial"), _serial(transport.serial, lang)),
        *((f"{say(lang, 'frames')} {one.name}", _layout(one)) for one in transport.layouts),
        (say(lang, "commands"), spoken),
        (say(lang, "liveness"), _silence(transport, lang)),
        (say(lang, "heartbeat"), _heartbeat(transport, lang)),
        *_queries(transport, lang),
    )


def _silence(transport: Stream, lang: str) -> str:
    if transport.liveness is None:
        return say(lang, "silence_proves_nothing")
    return say(lang, "silent_after", time=time_text(lang, transport.liveness))


def _heartbeat(transport: Stream, lang: str) -> str | None:
    if transport.heartbeat_frame is None:
        return None
    time = time_text(lang, transport.heartbeat)
    return say(lang, "heartbeat_is", frame=transport.heartbeat_frame, time=time)


def _queries(transport: Stream, lang: str) -> Iterator[tuple[str, str]]:
    for word, codes, period in (
        ("resync", transport.resync, transport.resync_period),
        ("settings_asked", transport.settings, transport.settings_period),
    ):
        if codes:
            yield say(lang, word, time=time_text(lang, period)), listed(lang, codes)


def _layout(layout: Layout) -> str:
    """A frame as the manuals draw it: its parts in their order."""
    match layout:
        case BinaryFrame():
            return " | ".join(_binary(layout))
        case LineFrame():
            check = "" if layout.checksum is Checksum.NONE else f", {layout.checksum}"
            return f"{layout.sync} … {layout.tail}, ASCII, {layout.length}{check}"
        case TextFrame():
            return f"{layout.sync} … {layout.tail}, {layout.encoding}"


def _binary(layout: BinaryFrame) -> Iterator[str]:
    yield layout.sync
    parts = []
    if layout.code_at is not None and layout.code_at < layout.data_at:
        parts.append((layout.code_at, f"code({layout.code_size})"))
    if layout.length_at is not None:
        parts.append((layout.length_at, f"length({layout.length_size} {layout.length_order})"))
    yield from (text for _, text in sorted(parts))
    if layout.header_checksum is not Checksum.NONE:
        yield layout.header_checksum
    yield "data" if layout.fixed_length is None else f"data({layout.fixed_length})"
    if layout.checksum is not Checksum.NONE:
        yield layout.checksum
    if layout.tail is not None:
        yield layout.tail


def installation_section(profile: Profile, lang: str) -> Section:
    found = profile.installation or Installation()
    supply = None if found.supply is None else said(found.supply, lang)
    return Section(
        say(lang, "installation"),
        blocks(
            facts((say(lang, "supply"), supply)),
            Items(tuple(said(one, lang) for one in found.wiring), say(lang, "wiring")),
            _switches(found.switches, lang),
            Items(tuple(said(one, lang) for one in found.mounting), say(lang, "mounting")),
        ),
    )


def _switches(switches: tuple[Switch, ...], lang: str) -> Table:
    rows = tuple(
        (
            said(one.switches, lang),
            said(one.title, lang),
            joined(
                lang,
                (
                    *(f"{place} = {said(text, lang)}" for place, text in one.positions.items()),
                    "" if one.note is None else said(one.note, lang),
                ),
            ),
        )
        for one in switches
    )
    return Table(heads(lang, "switch", "sets", "positions"), rows)
