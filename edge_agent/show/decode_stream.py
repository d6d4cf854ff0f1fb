"""What the frames of a stream say, to the host or to the device."""

from collections.abc import Iterator

from device_profiles.encoding import SIZES, ByteOrder, Encoding
from device_profiles.framing import BinaryFrame
from device_profiles.model import Profile
from device_profiles.transport import Stream
from edge_agent.driver.alone import frame_alone
from edge_agent.driver.frame import Frame, FrameReader, Refused
from edge_agent.driver.raw import raw_of_bytes
from edge_agent.show.decode_said import OK, Row, Said, Sentence, row_of, setting_row, step_of
from wire.quality import Status

_QUERY_BIT = 0x80


def explain_stream(profile: Profile, transport: Stream, data: bytes) -> Iterator[Said]:
    """One after the other; bytes that begin no frame are noise beside a good one."""
    reader = FrameReader(transport.layouts)
    found = [*reader.feed(data), *reader.give_up()] if data else [Refused.CUT_SHORT]
    for one in found:
        if isinstance(one, Frame):
            yield _explain(profile, transport, one)
        else:
            details = {"reason": one.value}
            yield Said(one.value, Sentence.REFUSED, details, skipped=one is Refused.GARBAGE)


def _explain(profile: Profile, transport: Stream, frame: Frame) -> Said:
    details: dict[str, str | int] = {
        "code": frame.code,
        "data": frame.data.hex(" ").upper() or "-",
        "name": "",
    }
    rows = tuple(row_of(one) for one in frame_alone(profile, frame))
    if (action := _action(profile, frame)) is not None:
        return Said(OK, Sentence.ACTION, {**details, "name": action})
    if _is_query(profile, transport, frame, rows):
        asked = _subjects(profile, transport.answer_to(frame.code))
        return Said(OK, Sentence.QUERY, {**details, "name": asked})
    set_rows = tuple(_set_rows(profile, frame))
    if set_rows:
        return Said(OK, Sentence.SETTING, details, rows if _is_any_good(rows) else set_rows)
    if rows:
        return Said(OK, Sentence.REPORT, details, rows)
    return _without_points(profile, transport, frame, details)


def _without_points(
    profile: Profile, transport: Stream, frame: Frame, details: dict[str, str | int]
) -> Said:
    """An answer that only confirms, a known frame without a point, or one that nobody described."""
    commands = {one.frame: one.id for one in profile.settings if one.frame is not None}
    commands |= {send.frame: one.id for one in profile.actions for send in one.sends}
    answered = {transport.answer_to(code): name for code, name in commands.items()}
    if frame.code in answered:
        named = {**details, "name": answered[frame.code]}
        rows = [Row("answer", None, None, one, float(one)) for one in frame.data]
        return Said(OK, Sentence.ANSWER, named, tuple(rows) if len(rows) == 1 else ())
    is_known = frame.code in (*transport.ignored, *transport.restart_frames, *transport.asked)
    return Said(OK, Sentence.KNOWN if is_known else Sentence.UNKNOWN, details)


def _action(profile: Profile, frame: Frame) -> str | None:
    """The action of which this is a step, and which step."""
    wanted = (frame.code, frame.data)
    for action in profile.actions:
        steps = [(send.frame, bytes.fromhex(send.data)) for send in action.sends]
        if wanted in steps:
            return step_of(action.id, steps.index(wanted), len(steps))
    return None


def _is_query(profile: Profile, transport: Stream, frame: Frame, rows: tuple[Row, ...]) -> bool:
    """It carries what queries carry; and it is asked, or means nothing else, or looks like one.

    An answer may be the same bytes as its query: then it is taken for the query.
    """
    if frame.layout.name != transport.command or frame.data != bytes.fromhex(transport.query_data):
        return False
    if frame.code in transport.asked or not _is_any_good(rows):
        return True
    return _asked_by(frame.code) in {
        code
        for point in profile.points
        if point.field is not None and frame.code in point.field.frames
        for code in point.field.frames
    }


def _asked_by(code: str) -> str | None:
    """What such a query asks for in the R60 family: the same code without its highest bit."""
    *head, last = code.split(" ")
    is_query = bool(head) and int(last, 16) & _QUERY_BIT
    return " ".join([*head, f"{int(last, 16) ^ _QUERY_BIT:02X}"]) if is_query else None


def _is_any_good(rows: tuple[Row, ...]) -> bool:
    return any(row.quality.status is not Status.BAD for row in rows)


def _subjects(profile: Profile, code: str) -> str:
    """The points, else the settings, that the answer tells."""
    points = [
        point.id
        for point in profile.points
        if point.field is not None and code in point.field.frames
    ]
    asked = _asked_by(code)
    settings = [one.id for one in profile.settings if asked is not None and one.frame == asked]
    return ", ".join(points or settings)


def _set_rows(profile: Profile, frame: Frame) -> Iterator[Row]:
    """The values that are set or told, where the data is as long as that of the setting."""
    layout = frame.layout
    is_little = isinstance(layout, BinaryFrame) and layout.byte_order is ByteOrder.LITTLE
    for setting in profile.settings:
        if setting.frame not in (frame.code, _asked_by(frame.code)) or setting.type is None:
            continue
        if len(frame.data) == setting.data_length:
            mine = frame.data[setting.at :][: SIZES.get(setting.type, 0)]
            ordered = mine[::-1] if is_little else mine
            number = raw_of_bytes(Encoding(type=setting.type), ordered).number
            if number is not None:
                yield setting_row(setting, number)
