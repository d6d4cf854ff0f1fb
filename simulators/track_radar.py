"""A Hi-Link LD2450 radar as its host sees it: places and speeds of up to three people."""

from collections.abc import Mapping, Sequence
from typing import Final

from simulators.hilink_frame import HilinkCommand, signed, u16
from simulators.hilink_radar import REPORT_US, HilinkRadar
from simulators.person import Body
from simulators.radar_eye import WALL_M, distance_m
from simulators.stream_radar import LOOK_US, SECOND_US, Timed

HEAD: Final = b"\xaa\xff\x03\x00"
TAIL: Final = b"\x55\xcc"
SINGLE, MULTI, ASK_MODE, ASK_ZONES, SET_ZONES = 0x80, 0x90, 0x91, 0xC1, 0xC2
ONE_TARGET, ALL_TARGETS = 1, 2
SLOTS: Final = (1, 2, 3)
GATE_MM: Final = 360
MM_PER_M: Final = 1000
CM_PER_M: Final = 100
FURTHEST_MM: Final = 6000
NO_ZONES, ONLY_INSIDE, ONLY_OUTSIDE = 0, 1, 2
CORNERS: Final = 4
ZONE_NUMBERS: Final = 12
FARTHEST_NUMBER: Final = 0x7FFF
FACTORY: Final[Mapping[str, int]] = {
    "mode": ALL_TARGETS,
    "zone_type": NO_ZONES,
    **{f"zone_{number}": 0 for number in range(ZONE_NUMBERS)},
}
REST: Final[Mapping[str, float]] = {
    f"{part}{slot}": 0 for slot in SLOTS for part in ("x", "y", "v", "gate")
}


class TrackRadar(HilinkRadar):
    """The radar: ten times a second three slots of x, y (mm), speed (cm/s) and gate (mm).

    A slot of zeros is no target. Source: the maker's protocol V1.03. Assumed: a speed above 0 goes
    away from the radar; who is gone is gone at once; the first slot is whoever is watched first.
    """

    NAMES = ("targets",)
    START = HEAD
    REST = REST
    FACTORY = FACTORY

    _before: Sequence[float] = ()

    # Conditions ----------------------------------------------------------------------------

    def set_target(self, slot: int, x_mm: int, y_mm: int, speed: int, gate_mm: int) -> None:
        """Put a target into slot 1 to 3. Raises ValueError for what 15 bits do not hold."""
        numbers = {"x": x_mm, "y": y_mm, "v": speed, "gate": gate_mm}
        if slot not in SLOTS or max(map(abs, numbers.values())) > FARTHEST_NUMBER or gate_mm < 0:
            raise ValueError(f"target {slot}: slots are 1 to 3, numbers up to {FARTHEST_NUMBER}")
        for part, number in numbers.items():
            self.conditions.put(f"{part}{slot}", number)

    def clear_target(self, slot: int) -> None:
        """Empty a slot."""
        self.set_target(slot, 0, 0, 0, 0)

    # Inside --------------------------------------------------------------------------------

    def _look(self, bodies: Sequence[Body], now: int) -> None:  # noqa: ARG002 - nothing lingers
        seen = [body for body in bodies if self._sees(body)][: len(SLOTS)]
        away_m = [distance_m(body) for body in seen]
        for index, slot in enumerate(SLOTS):
            x = y = speed = gate = 0
            if index < len(seen):
                x, y = _place(seen[index])
                before = self._before[index] if index < len(self._before) else away_m[index]
                speed = round((away_m[index] - before) * CM_PER_M * SECOND_US / LOOK_US)
                gate = GATE_MM
            for part, number in (("x", x), ("y", y), ("v", speed), ("gate", gate)):
                self.conditions.sense(f"{part}{slot}", number)
        self._before = away_m

    def _sees(self, body: Body) -> bool:
        """Tell whether a person is near enough, and not filtered out by the zones."""
        x, y = _place(body)
        if y > FURTHEST_MM:
            return False
        kind = self.settings["zone_type"]
        inside = any(_is_in(zone, x, y) for zone in self._zones())
        return kind == NO_ZONES or inside == (kind == ONLY_INSIDE)

    def _zones(self) -> list[list[int]]:
        numbers = [self.settings[f"zone_{number}"] for number in range(ZONE_NUMBERS)]
        return [numbers[at : at + CORNERS] for at in range(0, ZONE_NUMBERS, CORNERS)]

    def _reports(self) -> dict[str, Timed]:
        return {"targets": (REPORT_US, lambda _: self._targets())}

    def _targets(self) -> bytes:
        shown = SLOTS[:1] if self.settings["mode"] == ONE_TARGET else SLOTS
        slots = b"".join(self._slot(slot) if slot in shown else bytes(8) for slot in SLOTS)
        return HEAD + slots + TAIL

    def _slot(self, slot: int) -> bytes:
        moves = b"".join(signed(self._told(f"{part}{slot}")) for part in ("x", "y", "v"))
        return moves + u16(self._told(f"gate{slot}"))

    def _carry_out(self, command: HilinkCommand) -> bytes | None:
        if command.word in (SINGLE, MULTI):
            self.settings["mode"] = ONE_TARGET if command.word == SINGLE else ALL_TARGETS
            return b""
        if command.word == ASK_MODE:
            return u16(self.settings["mode"])
        if command.word == ASK_ZONES:
            return u16(self.settings["zone_type"]) + b"".join(
                number.to_bytes(2, "little", signed=True)
                for zone in self._zones()
                for number in zone
            )
        return self._set_zones(command.value) if command.word == SET_ZONES else None

    def _set_zones(self, value: bytes) -> bytes | None:
        kind = int.from_bytes(value[:2], "little")
        corners = value[2:]
        if len(corners) != 2 * ZONE_NUMBERS or kind > ONLY_OUTSIDE:
            return None
        self.settings["zone_type"] = kind
        for number in range(ZONE_NUMBERS):
            at = corners[2 * number : 2 * number + 2]
            self.settings[f"zone_{number}"] = int.from_bytes(at, "little", signed=True)
        return b""


def _place(body: Body) -> tuple[int, int]:
    return round(body.x_m * MM_PER_M), round((body.y_m + WALL_M) * MM_PER_M)


def _is_in(zone: Sequence[int], x: int, y: int) -> bool:
    x1, y1, x2, y2 = zone
    return min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
