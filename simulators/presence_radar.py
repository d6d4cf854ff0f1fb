"""A Hi-Link LD2410 presence radar as its host sees it: moving and still targets by distance."""

from collections.abc import Mapping, Sequence
from typing import Final

from simulators.held import Held
from simulators.hilink_frame import HilinkCommand, u16
from simulators.hilink_radar import REPORT_US, HilinkRadar
from simulators.person import Body
from simulators.radar_eye import Motion, distance_m, motion_of
from simulators.stream_radar import SECOND_US, Timed

HEAD: Final = b"\xf4\xf3\xf2\xf1"
TAIL: Final = b"\xf8\xf7\xf6\xf5"
BASIC, ENGINEERING = b"\x02\xaa", b"\x01\xaa"
LAST: Final = b"\x55\x00"
WRITE, READ, ENGINEER, NORMAL, SENSITIVITY = 0x60, 0x61, 0x62, 0x63, 0x64
GATES: Final = range(9)
FURTHEST: Final = 8
GATE_CM: Final = 75
CM_PER_M: Final = 100
ALL_GATES: Final = 0xFFFF
MOST: Final = 100
NONE, MOVING, STILL = 0, 1, 2
STILL_ENERGY: Final = 40
PARAMETER_LENGTH: Final = 6

# The thresholds are the maker's as remembered, not read.
MOVE_FROM: Final = (50, 50, 40, 30, 20, 15, 15, 15, 15)
STILL_FROM: Final = (0, 0, 40, 40, 30, 30, 20, 20, 20)
FACTORY: Final[Mapping[str, int]] = {
    "max_move_gate": FURTHEST,
    "max_still_gate": FURTHEST,
    "no_one_s": 5,
    **{f"move_{gate}": MOVE_FROM[gate] for gate in GATES},
    **{f"still_{gate}": STILL_FROM[gate] for gate in GATES},
}
REST: Final[Mapping[str, float]] = {
    "target": 0, "move_cm": 0, "move_energy": 0, "still_cm": 0, "still_energy": 0, "detect_cm": 0,
    "light": 0, "out": 0,
}  # fmt: skip
WRITTEN: Final = {
    "max_move_gate": range(2, FURTHEST + 1),
    "max_still_gate": range(2, FURTHEST + 1),
    "no_one_s": range(1 << 16),
}


class PresenceRadar(HilinkRadar):
    """The radar: who moves or breathes is a target at a distance; nobody after `no_one_s`.

    Sources: the layouts, commands and traces of aio-ld2410. A gate is 75 cm; a target counts from
    the energy that its gate's setting asks for. Engineering mode ends with a restart.
    """

    NAMES = ("basic", "engineering")
    START = HEAD
    REST = REST
    FACTORY = FACTORY

    _engineering = False
    _gates: tuple[bytes, bytes] | None = None
    _presence: Held

    def set_gates(self, moving: bytes, still: bytes) -> None:
        """Set the energies of the nine gates by hand. Raises ValueError for another number."""
        if len(moving) != len(GATES) or len(still) != len(GATES):
            raise ValueError(f"there are {len(GATES)} gates, each with one byte of energy")
        self._gates = moving, still

    # What is seen ---------------------------------------------------------------------------

    def _begin(self, now: int) -> None:
        super()._begin(now)
        self._engineering = False
        self._presence = Held()

    def _look(self, bodies: Sequence[Body], now: int) -> None:
        found = next((seen for body in bodies if (seen := self._find(body))), None)
        lingers_us = self.settings["no_one_s"] * SECOND_US
        present = self._presence.at(now, so=found is not None, off_us=lingers_us)
        if found is not None:
            for name, value in found.items():
                self.conditions.sense(name, value)
        elif not present:
            for name, value in REST.items():
                self.conditions.sense(name, value)

    def _find(self, body: Body) -> dict[str, float] | None:
        """Return the target that a person makes, None if they are too far or too faint."""
        away_cm = round(distance_m(body) * CM_PER_M)
        gate = away_cm // GATE_CM
        if gate > FURTHEST:
            return None
        move, still = round(body.movement), min(MOST, STILL_ENERGY + 5 * round(body.movement))
        found: dict[str, float] = {"detect_cm": away_cm, "out": 1}
        moves = motion_of(body) is Motion.ACTIVE and self._counts("move", gate, move)
        if moves:
            nothing_still = {"still_cm": 0, "still_energy": 0}
            return found | nothing_still | {
                "target": MOVING, "move_cm": away_cm, "move_energy": move,
            }  # fmt: skip
        if not self._counts("still", gate, still):
            return None
        nothing_moves = {"move_cm": 0, "move_energy": 0}
        return found | nothing_moves | {
            "target": STILL, "still_cm": away_cm, "still_energy": still,
        }  # fmt: skip

    def _counts(self, name: str, gate: int, energy: int) -> bool:
        within = gate <= self.settings[f"max_{name}_gate"]
        return within and energy >= self.settings[f"{name}_{gate}"]

    # What is told ---------------------------------------------------------------------------

    def _reports(self) -> dict[str, Timed]:
        if self._engineering:
            return {"engineering": (REPORT_US, lambda _: _report(ENGINEERING, self._detailed()))}
        return {"basic": (REPORT_US, lambda _: _report(BASIC, self._target()))}

    def _target(self) -> bytes:
        told = self._told
        moving = u16(told("move_cm")) + _byte(told("move_energy"))
        still = u16(told("still_cm")) + _byte(told("still_energy"))
        return _byte(told("target")) + moving + still + u16(told("detect_cm"))

    def _detailed(self) -> bytes:
        most = _byte(self.settings["max_move_gate"]) + _byte(self.settings["max_still_gate"])
        moving, still = self._gates or (self._energies("move"), self._energies("still"))
        rest = _byte(self._told("light")) + _byte(self._told("out"))
        return self._target() + most + moving + still + rest

    def _energies(self, name: str) -> bytes:
        """Return a gate's energy where the target is, nothing elsewhere."""
        energies = bytearray(len(GATES))
        gate = min(FURTHEST, int(self._told(f"{name}_cm")) // GATE_CM)
        energies[gate] = int(self._told(f"{name}_energy"))
        return bytes(energies)

    # Commands -------------------------------------------------------------------------------

    def _carry_out(self, command: HilinkCommand) -> bytes | None:
        if command.word in (ENGINEER, NORMAL):
            self._engineering = command.word == ENGINEER
            return b""
        if command.word == READ:
            return self._parameters()
        numbers = _numbered(command.value)
        if numbers is None:
            return None
        if command.word == WRITE:
            return self._write(numbers)
        return self._set_sensitivity(*numbers) if command.word == SENSITIVITY else None

    def _parameters(self) -> bytes:
        found = self.settings
        heads = (FURTHEST, found["max_move_gate"], found["max_still_gate"])
        moves = bytes(found[f"move_{gate}"] for gate in GATES)
        stills = bytes(found[f"still_{gate}"] for gate in GATES)
        return b"\xaa" + bytes(heads) + moves + stills + u16(found["no_one_s"])

    def _write(self, numbers: Sequence[int]) -> bytes | None:
        given = dict(zip(WRITTEN, numbers, strict=True))
        if any(value not in WRITTEN[name] for name, value in given.items()):
            return None
        self.settings.update(given)
        return b""

    def _set_sensitivity(self, gate: int, move: int, still: int) -> bytes | None:
        gates = GATES if gate == ALL_GATES else (gate,)
        if (gate != ALL_GATES and gate not in GATES) or max(move, still) > MOST:
            return None
        for one in gates:
            self.settings[f"move_{one}"] = move
            self.settings[f"still_{one}"] = still
        return b""


def _report(kind: bytes, data: bytes) -> bytes:
    body = kind + data + LAST
    return HEAD + u16(len(body)) + body + TAIL


def _numbered(value: bytes) -> tuple[int, int, int] | None:
    """Return the three numbers of a value: each has its own number (0, 1, 2) before it."""
    if len(value) != 3 * PARAMETER_LENGTH:
        return None
    parts = [value[at : at + PARAMETER_LENGTH] for at in range(0, len(value), PARAMETER_LENGTH)]
    if any(part[:2] != u16(number) for number, part in enumerate(parts)):
        return None
    first, second, third = (int.from_bytes(part[2:], "little") for part in parts)
    return first, second, third


def _byte(number: float) -> bytes:
    return bytes((int(number),))
