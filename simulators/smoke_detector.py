"""A Calectro UG-3 duct smoke detector as its Modbus master sees it, with its ground truth."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from simulators.fault import FaultPlan
from simulators.register_image import (
    READ_DISCRETE_INPUTS,
    READ_HOLDING,
    WRITE_REGISTER,
    ExceptionCode,
    RegisterImage,
    unpack_bits,
)
from simulators.wire_time import WireFormat

# Maker's manual UG-3-O-MB(-R), page "Modbus configuration": FC02 inputs 1x0001-4, FC03/06
# registers 4x0001-4; ID 1 and 9600 8N2 with all switches off.
INPUT_NAMES: Final = ("mounted", "service", "smoke", "relay")
MOUNTED, SERVICE, SMOKE, RELAY = range(4)
RESET_REGISTER, RESET_CODE_REGISTER, TEST_REGISTER, TEST_CODE_REGISTER = range(4)
RESET_CODE: Final = 234
TEST_CODE: Final = 567
FACTORY_FORMAT: Final = WireFormat(baud=9600, parity="N", stop_bits=2)
READS_KEPT: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ServedRead:
    """What one read of the discrete inputs was answered, and when (µs of the line's clock)."""

    at_us: int
    first: int
    bits: tuple[bool, ...]

    def named(self) -> dict[str, bool]:
        """Return the bits by name; those not asked for are absent."""
        return dict(zip(INPUT_NAMES[self.first :], self.bits, strict=False))


class SmokeDetector:
    """The detector: conditions are set by method, from any thread; the master reads and resets.

    Smoke latches until it is reset *and* the duct is clear. The relay follows the alarm, or a relay
    test. What the manual leaves open and this simulator assumes: a write of any other code is
    refused with 03, the code registers refuse writes with 02, a test ends after `test_us` or at a
    reset, and taking the head off reads as all bits 0 and forgets the latch.
    """

    def __init__(
        self,
        unit: int = 1,
        *,
        toggle_relay_each_read: bool = False,
        record_reads: bool = False,
        test_us: int = 60_000_000,
        seed: int = 0,
    ) -> None:
        """Mount a clean detector; `record_reads` keeps the last million answers in `served`."""
        self.unit = unit
        self.faults = FaultPlan(seed=seed)
        self.served: deque[ServedRead] = deque(maxlen=READS_KEPT if record_reads else 0)
        self.reads = 0
        self.resets = 0
        self._toggle = toggle_relay_each_read
        self._toggled = False
        self._test_us = test_us
        self._test_ends_us: int | None = None
        self._mounted = True
        self._service = False
        self._smoke_present = False
        self._latched = False
        self._now_us = 0
        self.image = RegisterImage(
            discrete_inputs=dict.fromkeys(range(4), False),
            holding={0: 0, 1: RESET_CODE, 2: 0, 3: TEST_CODE},
            functions=(READ_DISCRETE_INPUTS, READ_HOLDING, WRITE_REGISTER),
            refuse=_refuse,
            wrote=self._wrote,
        )

    def set_smoke(self, present: bool) -> None:  # noqa: FBT001 - reads as a sentence at the call
        """Let smoke into the duct, or clear it; the alarm stays latched until reset."""
        self._latch()
        self._smoke_present = present
        self._latch()

    def set_service(self, needed: bool) -> None:  # noqa: FBT001 - same
        """Make the detector ask for service (dirty or defective), or stop asking."""
        self._service = needed

    def remove_head(self) -> None:
        """Take the detector head off its base."""
        self._mounted = False
        self._latched = False

    def mount_head(self) -> None:
        """Put the head back; it alarms at once if there is smoke."""
        self._mounted = True
        self._latch()

    def reset(self) -> None:
        """Do what writing 234 does: end a test, and forget the alarm if the duct is clear."""
        self.resets += 1
        self._test_ends_us = None
        self._latched = False
        self._latch()

    def restart(self, _now: int) -> None:
        """Give its power back: a test and a latched alarm are forgotten, smoke alarms at once."""
        self._test_ends_us = None
        self._latched = False
        self._latch()

    def state(self, now: int) -> dict[str, bool]:
        """Return the four inputs by name, as a read at `now` (µs) would find them."""
        return dict(zip(INPUT_NAMES, self._bits(now), strict=True))

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""
        self.refresh(now)
        reply = self.image.reply(pdu)
        if reply[0] == READ_DISCRETE_INPUTS:
            self._note_read(pdu, reply, now)
        return reply

    def refresh(self, now: int) -> None:
        """Put into its registers what a read at `now` finds."""
        self._now_us = now
        self.image.discrete_inputs = dict(enumerate(self._bits(now)))

    def _note_read(self, pdu: bytes, reply: bytes, now: int) -> None:
        first = int.from_bytes(pdu[1:3], "big")
        count = int.from_bytes(pdu[3:5], "big")
        self.reads += 1
        self.served.append(ServedRead(now, first, tuple(unpack_bits(reply[2:], count))))
        if self._toggle and first <= RELAY < first + count:
            self._toggled = not self._toggled

    def _bits(self, now: int) -> tuple[bool, ...]:
        if not self._mounted:
            return (False, False, False, False)
        self._latch()
        testing = self._test_ends_us is not None and now < self._test_ends_us
        relay = self._toggled if self._toggle else self._latched or testing
        return (True, self._service, self._latched, relay)

    def _latch(self) -> None:
        if self._smoke_present and self._mounted:
            self._latched = True

    def _wrote(self, address: int, _value: int) -> None:
        if address == RESET_REGISTER:
            self.reset()
        else:
            self._test_ends_us = self._now_us + self._test_us


def _refuse(address: int, value: int) -> ExceptionCode | None:
    codes = {RESET_REGISTER: RESET_CODE, TEST_REGISTER: TEST_CODE}
    if address not in codes:
        return ExceptionCode.ILLEGAL_ADDRESS
    return None if value == codes[address] else ExceptionCode.ILLEGAL_VALUE
