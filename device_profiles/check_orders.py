"""Cross-checks of what is written to a device: its actions, its settings, its switches."""

from collections.abc import Iterator

from device_profiles.encoding import BIT_TABLES, SIZES, Encoding, NumberType, Table
from device_profiles.frame_codes import carriers, unsayable
from device_profiles.model import Action, Confirmation, FrameWrite, Profile, Setting
from device_profiles.reach import Reach, raw_reach
from device_profiles.transport import Modbus, Stream
from device_profiles.typed_toml import Problem
from wire.command import TAKE_BASELINE

_WRITABLE = frozenset({Table.HOLDING_REGISTERS, Table.COILS})


def check_orders(profile: Profile) -> Iterator[Problem]:
    """What can not be written, or contradicts itself."""
    for index, action in enumerate(profile.actions):
        yield from _action(action, profile, f"actions[{index}]")
    for index, setting in enumerate(profile.settings):
        yield from _setting(setting, profile, f"settings[{index}]")
    switches = () if profile.installation is None else profile.installation.switches
    for index, switch in enumerate(switches):
        if not switch.positions and switch.note is None:
            message = "is missing, and note too: what do the positions mean?"
            yield Problem(f"installation.switches[{index}]", "positions", message)


def _action(action: Action, profile: Profile, table: str) -> Iterator[Problem]:
    transport = profile.transport
    if action.id == TAKE_BASELINE:
        yield Problem(table, "id", f"is {TAKE_BASELINE!r}, what the gateway itself does: another")
    wanted = "writes" if isinstance(transport, Modbus) else "sends"
    other = "sends" if wanted == "writes" else "writes"
    if not getattr(action, wanted) or getattr(action, other):
        yield Problem(table, wanted, "and only these, belong to this transport")
    if isinstance(transport, Stream):
        for index, send in enumerate(action.sends):
            yield from _send(send, transport, f"{table}.sends[{index}]")


def _send(send: FrameWrite, transport: Stream, table: str) -> Iterator[Problem]:
    wrong = unsayable(transport, send.frame, send.data)
    if wrong is not None:
        yield Problem(table, "frame", wrong)
    answer = transport.answer_to(send.frame)
    is_awaited = send.confirmed_by is Confirmation.CODE
    if is_awaited and not carriers(answer, transport.layouts):
        yield Problem(table, "confirmed_by", f"waits for {answer!r}, which no layout has")


def _setting(setting: Setting, profile: Profile, table: str) -> Iterator[Problem]:
    yield from _place(setting, profile, table)
    yield from _range(setting, table)
    yield from _choices(setting, table)
    if isinstance(profile.transport, Modbus):
        return
    for key in ("unlock", "save"):
        if getattr(setting, key):
            yield Problem(table, key, "writes registers, which a stream has none of")


def _place(setting: Setting, profile: Profile, table: str) -> Iterator[Problem]:
    transport = profile.transport
    if isinstance(transport, Modbus):
        yield from _register(setting, table)
        return
    if setting.register is not None or setting.frame is None or setting.type is None:
        yield Problem(table, "frame", "and type, and only these, say where a stream sets it")
    elif isinstance(transport, Stream):
        wrong = unsayable(transport, setting.frame, " ".join(["00"] * setting.data_length))
        if wrong is not None:
            yield Problem(table, "frame", wrong)
        elif setting.at + SIZES.get(setting.type, 0) > setting.data_length:
            length = setting.data_length
            message = f"{setting.type} from there does not fit into the length of {length}"
            yield Problem(table, "at", message)


def _register(setting: Setting, table: str) -> Iterator[Problem]:
    register = setting.register
    if register is None or setting.frame is not None or setting.type is not None:
        yield Problem(table, "register", "and only this, says where Modbus sets it")
        return
    if register.table not in _WRITABLE:
        place = f"{table}.register"
        yield Problem(place, "table", f"{register.table} can not be written")
    if setting.scale != 1:
        yield Problem(table, "scale", "belongs into the register")
    if setting.at or setting.length is not None:
        yield Problem(table, "at", "and length are for frames; a register has its address")
    if register.type is NumberType.BIT and register.table not in BIT_TABLES:
        yield Problem(f"{table}.register", "type", f"bit can not stand in {register.table}")


def _encoding(setting: Setting) -> Encoding | None:
    if setting.register is not None:
        return setting.register
    return None if setting.type is None else Encoding(type=setting.type, scale=setting.scale)


def _range(setting: Setting, table: str) -> Iterator[Problem]:
    low, high = setting.minimum, setting.maximum
    if low is not None and high is not None and low >= high:
        yield Problem(table, "minimum", f"{low:g} is not below maximum {high:g}")
        return
    reach = _storable(setting)
    for key in ("minimum", "maximum", "default"):
        value = getattr(setting, key)
        if value is not None and not reach.low <= value <= reach.high:
            message = f"{value:g} can not be stored: from {reach.low:g} to {reach.high:g} can"
            yield Problem(table, key, message)
    default = setting.default
    if default is not None and not (
        (low is None or low <= default) and (high is None or default <= high)
    ):
        yield Problem(table, "default", f"{default:g} is not between minimum and maximum")


def _storable(setting: Setting) -> Reach:
    encoding = _encoding(setting)
    if encoding is None or not encoding.scale:
        return Reach(float("-inf"), float("inf"))
    raw = raw_reach(encoding)
    low, high = sorted(end * encoding.scale + encoding.offset for end in raw)
    return Reach(low, high)


def _choices(setting: Setting, table: str) -> Iterator[Problem]:
    encoding = _encoding(setting)
    if not setting.choices or encoding is None or not encoding.scale:
        return
    default = setting.default
    if default is not None:
        raw = str(round((default - encoding.offset) / encoding.scale))
        if raw not in setting.choices:
            known = ", ".join(setting.choices)
            yield Problem(table, "default", f"{default:g} is not one of the choices: {known}")
    reach = raw_reach(encoding)
    for word in setting.choices:
        if not reach.low <= int(word) <= reach.high:
            yield Problem(table, f"choices.{word}", f"does not fit into {encoding.type}")
