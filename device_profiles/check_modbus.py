"""Cross-checks of a Modbus map: overlaps, blocks, identity, and what one point says of another."""

from collections.abc import Iterator

from device_profiles.encoding import BIT_TABLES, Register, Table
from device_profiles.model import Gate, Point, Profile
from device_profiles.reach import never_is, no_such_point, words_of
from device_profiles.transport import Block, Modbus
from device_profiles.typed_toml import Problem

_PRINTED_FROM = {
    Table.DISCRETE_INPUTS: 10_001,
    Table.INPUT_REGISTERS: 30_001,
    Table.HOLDING_REGISTERS: 40_001,
}
_PRINTED_EACH = 9_999


def check_modbus(transport: Modbus, profile: Profile) -> Iterator[Problem]:
    """What contradicts itself in the transport, and between it and the points."""
    if not transport.first_unit <= transport.default_unit <= transport.last_unit:
        yield Problem("transport", "default_unit", "is not between first_unit and last_unit")
    if not transport.timeout or not transport.poll_period:
        yield Problem("transport", "timeout", "and poll_period must be longer than nothing")
    yield from _overlaps(profile)
    yield from _blocks(transport, profile)
    yield from _identity(transport)
    for index, point in enumerate(profile.points):
        table = f"points[{index}]"
        yield from _printed(point, table)
        yield from _gates(point, transport, profile, table)
        yield from _tilt(point, transport, profile, table)
        yield from _scale_from(point, transport, profile, table)
        yield from _interval(point, transport, table)


def _printed(point: Point, table: str) -> Iterator[Problem]:
    """40003 of a manual is 2 on the wire; who means 40003 itself has it as doc_address, in hex."""
    register = point.register
    first = None if register is None else _PRINTED_FROM.get(register.table)
    if register is None or first is None or register.doc_address == f"0x{register.address:04X}":
        return
    if first <= register.address < first + _PRINTED_EACH:
        wire = register.address - first
        message = (
            f"is {register.address}, which looks like a number in print: on the wire that is "
            f"{wire}. Write address = {wire}, and the number in print as doc_address "
            f'(or doc_address = "0x{register.address:04X}" if it is on the wire so)'
        )
        yield Problem(f"{table}.register", "address", message)


def _overlaps(profile: Profile) -> Iterator[Problem]:
    """Two values may share a register only as bits of it; else one map is misread."""
    taken: dict[tuple[str, int], tuple[int, Register]] = {}
    for index, point in enumerate(profile.points):
        register = point.register
        if register is None:
            continue
        for address in range(register.address, register.address + register.count):
            other = taken.setdefault((register.table, address), (index, register))
            if other[0] != index and not _may_share(register, other[1]):
                text = f"{register.table} {address} is read by points[{other[0]}] too"
                yield Problem(f"points[{index}]", "register", text)


def _may_share(one: Register, other: Register) -> bool:
    return bool(one.bits and other.bits) or one.shared or other.shared


def _blocks(transport: Modbus, profile: Profile) -> Iterator[Problem]:
    taken: set[tuple[str, int]] = set()
    for index, block in enumerate(transport.blocks):
        table = f"transport.blocks[{index}]"
        limit = transport.max_bits if block.table in BIT_TABLES else transport.max_registers
        if block.count > limit:
            yield Problem(table, "count", f"is {block.count}; this device gives at most {limit}")
        places = {(block.table.value, block.address + at) for at in range(block.count)}
        if taken & places:
            yield Problem(table, "address", "overlaps a block before it")
        taken |= places
        yield from _cut(block, profile, table)
    if transport.blocks and all(block.every for block in transport.blocks):
        yield Problem("transport", "blocks", "need one that is read in every cycle")


def _cut(block: Block, profile: Profile, table: str) -> Iterator[Problem]:
    """A value that begins or ends outside would be read in two halves of different times."""
    for point in profile.points:
        register = point.register
        if register is None or register.table is not block.table:
            continue
        inside = [
            block.address <= register.address + at < block.address + block.count
            for at in range(register.count)
        ]
        if any(inside) and not all(inside):
            yield Problem(table, "count", f"cuts {point.id!r} in two")


def _identity(transport: Modbus) -> Iterator[Problem]:
    identity = transport.identity
    if identity is None:
        return
    if identity.table in BIT_TABLES:
        yield Problem("transport.identity", "table", "has bits; an identity is a register")
    if identity.value & ~identity.mask:
        yield Problem("transport.identity", "value", "has bits outside mask: it is never met")
    if not any(_holds(block, identity.table, identity.address) for block in transport.blocks):
        yield Problem("transport.identity", "address", "is in no block: nothing reads it")


def _holds(block: Block, table: str, address: int) -> bool:
    return block.table == table and block.address <= address < block.address + block.count


def _block_of(name: str, transport: Modbus, profile: Profile) -> Block | None:
    register = next((point.register for point in profile.points if point.id == name), None)
    if register is None:
        return None
    found = (b for b in transport.blocks if _holds(b, register.table, register.address))
    return next(found, None)


def _is_read_with(name: str, other: str, transport: Modbus, profile: Profile) -> bool:
    """Whether one reply brings both, whatever else is read."""
    block = _block_of(name, transport, profile)
    return block is not None and block == _block_of(other, transport, profile)


def _gates(point: Point, transport: Modbus, profile: Profile, table: str) -> Iterator[Problem]:
    known = {one.id for one in profile.points}
    for index, gate in enumerate(point.valid_when):
        place = f"{table}.valid_when[{index}]"
        if gate.point not in known:
            yield Problem(place, "point", no_such_point(gate.point, profile))
        elif gate.point == point.id or not _is_read_with(gate.point, point.id, transport, profile):
            yield Problem(place, "point", f"{gate.point!r} is not read in one block with this")
        else:
            yield from _gate_value(gate, profile, place)


def _gate_value(gate: Gate, profile: Profile, place: str) -> Iterator[Problem]:
    other = profile.point(gate.point)
    wrong = never_is(other, gate.equals, profile)
    if wrong is not None:
        yield Problem(place, "equals", wrong)
    words = words_of(other)
    for word in gate.reasons:
        if words and word not in words:
            yield Problem(place, "reasons", f"{word!r} is never a value of {gate.point!r}")


def _tilt(point: Point, transport: Modbus, profile: Profile, table: str) -> Iterator[Problem]:
    if point.tilt is None:
        return
    axes = (point.tilt.x, point.tilt.y, point.tilt.z)
    for axis in axes:
        if not _is_read_with(axes[0], axis, transport, profile):
            yield Problem(table, "tilt", f"{axis!r} is not read in one block with the other axes")


def _scale_from(point: Point, transport: Modbus, profile: Profile, table: str) -> Iterator[Problem]:
    source = None if point.register is None else point.register.scale_from
    for key in () if source is None else ("decimals", "unit"):
        name = getattr(source, key)
        if name is not None and not _is_read_with(name, point.id, transport, profile):
            message = f"{name!r} is not read in one block with this"
            yield Problem(f"{table}.register.scale_from", key, message)


def _interval(point: Point, transport: Modbus, table: str) -> Iterator[Problem]:
    """A keep-alive that is due before the next read would be late every time."""
    register = point.register
    if register is None:
        return
    for block in transport.blocks:
        is_inside = _holds(block, register.table, register.address)
        if is_inside and point.report.max_interval < block.every:
            yield Problem(table, "report", "max_interval is shorter than its block is read")
