"""What the Hi-Link LD24xx radars share: ten reports a second, and a mode to be configured in."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Final

from simulators.hilink_frame import CommandReader, HilinkCommand, acknowledge, u16
from simulators.kept_settings import KeptSettings
from simulators.stream_outlet import ANSWER
from simulators.stream_radar import Said, StreamRadar, Timed

ENABLE, END = 0xFF, 0xFE
FIRMWARE, BAUD, FACTORY_RESET, RESTART = 0xA0, 0xA1, 0xA2, 0xA3
ENABLE_VALUE: Final = u16(1)
PROTOCOL: Final = u16(1) + u16(0x40)
FIRMWARE_TYPE: Final = 0x0100
BAUDS: Final = range(1, 9)
REPORT_US: Final = 100_000
FACTORY_BAUD: Final = 7


class HilinkRadar(StreamRadar[HilinkCommand, int]):
    """A radar of the family: silent while it is configured, settings stay over a restart.

    A command before `FF` (enable) fails, as does one that it does not know or whose value it can
    not have: both by assumption. A new speed is kept and told, but the simulated port does not
    change its own.
    """

    REST: ClassVar[Mapping[str, float]]
    """What it senses in an empty room."""
    FACTORY: ClassVar[Mapping[str, int]]
    """Its settings as it is delivered."""

    def __init__(
        self,
        *,
        firmware: tuple[int, int] = (0x0102, 0x22062416),
        boot_us: int = 1_000_000,
        record: bool = False,
        seed: int = 0,
    ) -> None:
        """Make a radar in an empty room; `firmware` is major and minor, as printed in hex."""
        super().__init__(
            self.REST,
            KeptSettings({**self.FACTORY, "baud": FACTORY_BAUD}, {}),
            CommandReader(),
            boot_us=boot_us,
            checksum_at=None,
            record=record,
            seed=seed,
        )
        self._firmware = firmware
        self._configuring = False
        self._restores = False

    @abstractmethod
    def _reports(self) -> Mapping[str, Timed]:
        """Return what is reported while nobody configures it."""

    @abstractmethod
    def _carry_out(self, command: HilinkCommand) -> bytes | None:
        """Carry out a command of this model; return what its acknowledgement carries."""

    def _begin(self, now: int) -> None:  # noqa: ARG002 - a mode needs no time
        self._configuring = False
        if self._restores:
            self._restores = False
            self.settings.restore_factory()

    def _timed(self) -> Mapping[str, Timed]:
        return {} if self._configuring else self._reports()

    def _answer(self, frame: HilinkCommand, now: int) -> Said | None:
        if not self._is_ready(now):
            return None
        if frame.word == ENABLE:
            self._configuring = self._configuring or frame.value == ENABLE_VALUE
            data = PROTOCOL if frame.value == ENABLE_VALUE else None
        elif not self._configuring:
            data = None
        elif frame.word == END:
            self._configuring = False
            data = b""
        else:
            data = self._configure(frame)
        return ANSWER, acknowledge(frame.word, data)

    def _configure(self, command: HilinkCommand) -> bytes | None:
        if command.word == FIRMWARE:
            major, minor = self._firmware
            return u16(FIRMWARE_TYPE) + u16(major) + minor.to_bytes(4, "little")
        if command.word == BAUD:
            return self._set_baud(int.from_bytes(command.value, "little"))
        if command.word == FACTORY_RESET:
            self._restores = True
            return b""
        if command.word == RESTART:
            self.reboot()
            return b""
        return self._carry_out(command)

    def _set_baud(self, index: int) -> bytes | None:
        if index not in BAUDS:
            return None
        self.settings["baud"] = index
        return b""
