"""What one frame of a Modbus device says, or what is asked of it, with or without the request."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from alarm_rules.rule import hazard_points
from device_profiles.encoding import BIT_TABLES, Register, Table
from device_profiles.model import Profile
from device_profiles.transport import Modbus
from edge_agent.bus.modbus import Verdict
from edge_agent.driver.alone import words_alone
from edge_agent.driver.request_plan import PlannedRead, plan_reads, read_of
from edge_agent.show.decode_cut import EXCEPTION_BIT, Form, Piece
from edge_agent.show.decode_said import OK, Row, Said, Sentence, names, row_of, setting_rows
from edge_agent.show.decode_write import explain_write
from wire.quality import Status, uncertain

TABLES = {
    1: Table.COILS,
    2: Table.DISCRETE_INPUTS,
    3: Table.HOLDING_REGISTERS,
    4: Table.INPUT_REGISTERS,
}
EXCEPTIONS = {
    1: "illegal_function",
    2: "illegal_data_address",
    3: "illegal_data_value",
    4: "server_device_failure",
    5: "acknowledge",
    6: "server_device_busy",
    8: "memory_parity_error",
    10: "gateway_path_unavailable",
    11: "gateway_target_failed",
}
_AMBIGUOUS = "ambiguous"
_MOST_FITTING = 4
_MOST_LISTED = 16
_ADDRESS_AND_COUNT = 5  # bytes of the PDU of a read


def explain_modbus(
    profile: Profile, found: Sequence[Piece | Verdict], request: Piece | None
) -> Iterator[Said]:
    """One after the other; a request among them is what the next reply answers."""
    before: Piece | None = None
    for one in found:
        if isinstance(one, Verdict):
            details = {"reason": one.value}
            yield Said(one.value, Sentence.REFUSED, details, skipped=one is Verdict.NOISE)
        elif request is not None and not _is_repeated(one, request):
            yield _explain_reply(profile, one, request)
        elif request is not None or _is_asked(profile, one, before):
            before = one
            yield _explain_asked(profile, one)
        else:
            is_answer = before is not None and _answers(one, before) is None
            yield _explain_reply(profile, one, before if is_answer else None)


def _is_repeated(piece: Piece, request: Piece) -> bool:
    """The request as given, seen on the line once more; of a write, its echo is the answer."""
    is_same = (piece.unit, piece.pdu) == (request.unit, request.pdu)
    return is_same and Form.REQUEST in piece.forms


def _is_asked(profile: Profile, piece: Piece, before: Piece | None) -> bool:
    """Whether it is a request, by its shape or by what came before it."""
    if Form.REQUEST not in piece.forms and Form.ECHO not in piece.forms:
        return False
    if before is not None and _answers(piece, before) is None:
        return False
    if Form.REPLY not in piece.forms:
        return True
    table = TABLES[piece.pdu[0]]
    return not any(_fit(_likely(profile, table), table, piece.pdu[1]))


def _explain_asked(profile: Profile, piece: Piece) -> Said:
    if piece.pdu[0] not in TABLES:
        return explain_write(profile, piece)
    read = _read_asked(profile, piece)
    place = _place(read)
    place["unit"], place["points"] = piece.unit, names(read.points)
    return Said(OK, Sentence.READ, place)


def _read_asked(profile: Profile, piece: Piece) -> PlannedRead:
    address, count = (int.from_bytes(piece.pdu[at : at + 2]) for at in (1, 3))
    return read_of(profile.points, TABLES[piece.pdu[0]], address, count)


def _place(read: PlannedRead) -> dict[str, str | int]:
    return {"table": read.table.value, "address": read.address, "count": read.count}


def _explain_reply(profile: Profile, piece: Piece, asked: Piece | None) -> Said:
    if asked is not None and (wrong := _answers(piece, asked)) is not None:
        return Said(wrong.value, Sentence.REFUSED, {"reason": wrong.value})
    if Form.EXCEPTION in piece.forms:
        code = piece.pdu[1]
        name = EXCEPTIONS.get(code, "unknown")
        function = piece.pdu[0] & ~EXCEPTION_BIT
        details: dict[str, str | int] = {"unit": piece.unit, "function": function}
        details |= {"code": code, "name": name}
        return Said(Verdict.EXCEPTION.value, Sentence.EXCEPTION, details)
    if piece.pdu[0] not in TABLES:
        return explain_write(profile, piece)
    if asked is not None:
        return _explain_words(profile, piece, [_read_asked(profile, asked)], is_assumed=False)
    return _explain_words(profile, piece, _fitting(profile, piece), is_assumed=True)


def _answers(piece: Piece, asked: Piece) -> Verdict | None:
    """Why it is no answer to the request; None when it is one."""
    if None not in (piece.transaction, asked.transaction) and (
        piece.transaction != asked.transaction
    ):
        return Verdict.WRONG_TRANSACTION
    if piece.unit != asked.unit:
        return Verdict.WRONG_UNIT
    function = asked.pdu[0]
    if piece.pdu[0] & ~EXCEPTION_BIT != function:
        return Verdict.WRONG_FUNCTION
    if Form.EXCEPTION in piece.forms:
        return None
    if function not in TABLES:
        size = len(piece.pdu)
        return None if piece.pdu == asked.pdu[:size] else Verdict.WRONG_ECHO
    count = int.from_bytes(asked.pdu[3:_ADDRESS_AND_COUNT])
    is_right = Form.REPLY in piece.forms and piece.pdu[1] == _size(TABLES[function], count)
    return None if is_right else Verdict.WRONG_LENGTH


def _size(table: Table, count: int) -> int:
    return (count + 7) // 8 if table in BIT_TABLES else 2 * count


def _explain_words(
    profile: Profile, piece: Piece, reads: Sequence[PlannedRead], *, is_assumed: bool
) -> Said:
    details: dict[str, str | int] = {"unit": piece.unit, "bytes": piece.pdu[1]}
    details["table"] = TABLES[piece.pdu[0]].value
    if not reads:
        return Said(OK, Sentence.REPLY_TO_NOTHING, details)
    details |= _place(reads[0])
    rows = list(_rows(profile, reads[0], piece))
    details["words"] = "" if rows else _listed(_words(reads[0], piece.pdu[2:]))
    fitting = 1
    for other in reads[1:]:
        told = {row.name for row in rows}
        more = [row for row in _rows(profile, other, piece) if row.name not in told]
        sensible = list(filter(None, map(_as_other, more)))
        fitting += bool(sensible)
        rows += sensible
    assumed = {**_place(reads[0]), "fitting": fitting} if is_assumed else None
    return Said(OK, Sentence.REPLY, details, tuple(rows), assumed)


def _rows(profile: Profile, read: PlannedRead, piece: Piece) -> Iterator[Row]:
    """The points, and the settings of registers that are no point."""
    words = _words(read, piece.pdu[2:])
    yield from map(row_of, words_alone(profile, read, words))
    told = {point.register.address for point in read.points if point.register is not None}
    known = {setting.id: setting.register for setting in profile.settings}
    for row in setting_rows(profile, read.table, read.address, words):
        register = known[row.name]
        if register is not None and register.address not in told:
            yield row


def _words(read: PlannedRead, content: bytes) -> list[int]:
    if read.table in BIT_TABLES:
        bits = int.from_bytes(content, "little")
        return [bits >> place & 1 for place in range(read.count)]
    return [int.from_bytes(content[at : at + 2]) for at in range(0, len(content), 2)]


def _listed(words: Sequence[int]) -> str:
    more = ", …" if len(words) > _MOST_LISTED else ""
    return ", ".join(map(str, words[:_MOST_LISTED])) + more


def _as_other(row: Row) -> Row | None:
    """The same words, had another read been asked that fits as well; not if that makes no sense."""
    if row.quality.status is Status.BAD:
        return None
    return row._replace(quality=uncertain(_AMBIGUOUS))


def _fitting(profile: Profile, piece: Piece) -> list[PlannedRead]:
    """The reads that it may answer: the likeliest sort first, in it those of a hazard."""
    table, size = TABLES[piece.pdu[0]], piece.pdu[1]
    likely = list(_likely(profile, table))
    if not any(_fit(likely, table, size)):
        likely.append(_stretches(profile, table, size))
    hazards = hazard_points(profile.rules)
    found: dict[tuple[int, int], PlannedRead] = {}
    for sort in likely:
        fitting = sorted(_fit([sort], table, size), key=lambda read: _rank(read, hazards))
        found |= {_key(read): read for read in fitting if _key(read) not in found}
    return list(found.values())[:_MOST_FITTING]


def _fit(sorts: Iterable[Iterable[PlannedRead]], table: Table, size: int) -> Iterator[PlannedRead]:
    for sort in sorts:
        for read in sort:
            if read.table is table and read.points and _size(table, read.count) == size:
                yield read


def _key(read: PlannedRead) -> tuple[int, int]:
    return read.address, read.count


def _rank(read: PlannedRead, hazards: frozenset[str]) -> tuple[bool, int, int]:
    """Of a hazard before others, then what explains the most, then what is read most often."""
    has_hazard = any(point.id in hazards for point in read.points)
    return not has_hazard, -len(read.points), read.every_us


def _likely(profile: Profile, table: Table) -> Iterator[list[PlannedRead]]:
    """As the agent asks; its axes; as it would without the profile's blocks; one point alone."""
    transport = profile.transport
    if not isinstance(transport, Modbus):
        return
    yield list(plan_reads(profile.points, transport))
    yield [read_of(profile.points, table, *stretch) for stretch in _axes(profile, table)]
    yield list(plan_reads(profile.points, replace(transport, blocks=(), identity=None)))
    yield [
        read_of(profile.points, table, one.address, one.count) for one in _registers(profile, table)
    ]


def _axes(profile: Profile, table: Table) -> Iterator[tuple[int, int]]:
    """First address and number of neighbours of one unit and type: what people read together."""
    found: list[tuple[str | None, Register]] = sorted(
        (
            (point.unit, point.register)
            for point in profile.points
            if point.register is not None and point.register.table is table
        ),
        key=lambda one: one[1].address,
    )
    start = 0
    for at in range(1, len(found) + 1):
        if at < len(found) and _are_neighbours(found[at - 1], found[at]):
            continue
        if at - start > 1:
            first, last = found[start][1], found[at - 1][1]
            yield first.address, last.address + last.count - first.address
        start = at


def _are_neighbours(one: tuple[str | None, Register], other: tuple[str | None, Register]) -> bool:
    (unit, before), (other_unit, after) = one, other
    is_alike = (unit, before.type, before.scale) == (other_unit, after.type, after.scale)
    return is_alike and after.address == before.address + before.count


def _stretches(profile: Profile, table: Table, size: int) -> list[PlannedRead]:
    """Any stretch of so many places that begins where a point does."""
    count = 8 * size if table in BIT_TABLES else size // 2
    return [
        read_of(profile.points, table, one.address, count) for one in _registers(profile, table)
    ]


def _registers(profile: Profile, table: Table) -> Iterator[Register]:
    for point in profile.points:
        if point.register is not None and point.register.table is table:
            yield point.register
