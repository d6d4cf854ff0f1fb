"""What is written to a Modbus device: a step of an action, a setting, or just a register."""

from collections.abc import Iterator

from device_profiles.encoding import Table
from device_profiles.model import Action, Profile, RegisterWrite, Setting
from edge_agent.driver.alone import words_alone
from edge_agent.driver.request_plan import read_of
from edge_agent.show.decode_cut import Form, Piece
from edge_agent.show.decode_said import OK, Row, Said, Sentence, row_of, setting_rows, step_of

_COIL = 5
_REGISTER = 6
_REGISTERS = 16
_VALUES_AT = 6  # in the PDU of function 16


def explain_write(profile: Profile, piece: Piece) -> Said:
    """Of functions 05, 06, 15 and 16, both ways."""
    address, number = (int.from_bytes(piece.pdu[at : at + 2]) for at in (1, 3))
    details: dict[str, str | int] = {"unit": piece.unit, "address": address, "number": number}
    if piece.pdu[0] == _REGISTER:
        details["meaning"] = ", ".join(_meanings(profile, address, number))
        return Said(OK, Sentence.WRITE, details, _rows(profile, address, [number]))
    if piece.pdu[0] == _COIL:
        return Said(OK, Sentence.WRITE_COIL, details)
    if Form.REQUEST not in piece.forms:
        return Said(OK, Sentence.WRITTEN, details)
    content = piece.pdu[_VALUES_AT:] if piece.pdu[0] == _REGISTERS else b""
    words = [int.from_bytes(content[at : at + 2]) for at in range(0, len(content), 2)]
    return Said(OK, Sentence.WRITE_MANY, details, _rows(profile, address, words))


def _rows(profile: Profile, address: int, words: list[int]) -> tuple[Row, ...]:
    """The settings that are written, else the points that can be read there."""
    settings = tuple(setting_rows(profile, Table.HOLDING_REGISTERS, address, words))
    if settings or not words:
        return settings
    read = read_of(profile.points, Table.HOLDING_REGISTERS, address, len(words))
    return tuple(map(row_of, words_alone(profile, read, words)))


def _meanings(profile: Profile, address: int, number: int) -> Iterator[str]:
    """What the profile says of just this write."""
    for action in profile.actions:
        if _has(action.writes, address, number):
            yield _step(action, address, number)
    for word in ("unlock", "save"):
        wanted = [one for one in profile.settings if _has(_steps(one, word), address, number)]
        if wanted:
            yield word


def _steps(setting: Setting, word: str) -> tuple[RegisterWrite, ...]:
    return setting.unlock if word == "unlock" else setting.save


def _has(writes: tuple[RegisterWrite, ...], address: int, number: int) -> bool:
    return any((one.address, one.value) == (address, number) for one in writes)


def _step(action: Action, address: int, number: int) -> str:
    steps = [(one.address, one.value) for one in action.writes]
    return step_of(action.id, steps.index((address, number)), len(steps))
