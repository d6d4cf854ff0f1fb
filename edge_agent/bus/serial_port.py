"""A serial port that is opened whole: exclusive, with its speed, shape and direction control."""

import errno
import logging
import os
import termios
from typing import Protocol

import msgspec
import serial
from serial.rs485 import RS485Settings

from edge_agent.bus.port import Descriptor, Port, PortGoneError
from edge_agent.bus.wire_time import SerialFormat

_SECOND_US = 1_000_000
_TAKEN = "another program has it open; stop that one"
_WHY = {
    errno.ENOENT: "it is not there; plug the adapter in, or name another port",
    errno.EACCES: "permission denied; let the agent's user use it (the group dialout)",
    errno.EAGAIN: _TAKEN,  # it is locked
    errno.EBUSY: _TAKEN,
    errno.ENOTTY: "it is no serial port; name another",
    errno.EIO: "input/output error; unplug the adapter and plug it in again",
}

_log = logging.getLogger(__name__)


class DirectionControl(msgspec.Struct, frozen=True):
    """The kernel's RS-485 mode: RTS, which switches the transceiver, follows what is sent.

    `rts_on_send`, `rts_after_send`: its level (True is high) while we send and while we listen. The
    delays are whole milliseconds: before the first bit, and after the last one until RTS goes back.
    `hear_ourselves`: keep the receiver on while we send.
    """

    rts_on_send: bool = True
    rts_after_send: bool = False
    delay_before_us: int = 0
    delay_after_us: int = 0
    hear_ourselves: bool = False


class PortSettings(msgspec.Struct, frozen=True):
    """Where the port is and how it is set. `direction`: for an adapter that leaves that to RTS.

    `opened` is what the port is really opened with when that differs from the wire's: a pseudo-
    terminal knows neither parity nor seven bits, and refuses them from the second opening on.
    """

    path: str
    format: SerialFormat
    opened: SerialFormat | None = None
    direction: DirectionControl | None = None


class Switchable(Protocol):
    """What a serial port has for its direction; a setting that the driver refuses raises."""

    rs485_mode: RS485Settings | None


class SerialPort(Descriptor):
    """One opened port, exclusive, non-blocking, with low latency where the driver can."""

    def __init__(self, settings: PortSettings) -> None:
        """Open the port; raise PortGoneError when that fails, or the driver refuses the setting."""
        self._serial = _open(settings)
        super().__init__(settings.path, self._serial.fileno())

    def close(self) -> None:
        try:
            self._serial.close()
        except (serial.SerialException, OSError, termios.error) as error:
            _log.info("closing %s: %s", self._path, error)


def open_serial(settings: PortSettings) -> Port:
    """Open the port that the settings describe; raise PortGoneError."""
    return SerialPort(settings)


def _open(settings: PortSettings) -> serial.Serial:
    shape = settings.opened or settings.format
    try:
        port = serial.Serial(
            settings.path,
            baudrate=shape.baud,
            bytesize=shape.data_bits,
            parity=shape.parity.value,
            stopbits=shape.stop_bits,
            timeout=0,
            exclusive=True,
        )
    # termios.error is neither an OSError nor a SerialException (pyserial lets it through); a speed
    # that the adapter refuses is a ValueError, and must not cost the other lines their agent
    except (serial.SerialException, OSError, termios.error, ValueError, OverflowError) as error:
        raise PortGoneError(f"can not open {settings.path}: {_why(error)}") from error
    _ask_for_low_latency(port)
    if settings.direction is not None:
        try:
            control(port, settings.path, settings.direction)
        except PortGoneError:
            port.close()
            raise
    return port


def _why(error: Exception) -> str:
    """Once, and with what to do: pyserial says it in two ways at a time."""
    number = getattr(error, "errno", None)
    return str(error) if number is None else _WHY.get(number, os.strerror(number))


def control(port: Switchable, path: str, direction: DirectionControl) -> None:
    """Let the driver switch the transceiver; raise PortGoneError where it can not.

    A line whose transceiver is not switched sends nothing, or hears nothing: worse than none.
    """
    wanted = RS485Settings(
        rts_level_for_tx=direction.rts_on_send,
        rts_level_for_rx=direction.rts_after_send,
        loopback=direction.hear_ourselves,
        delay_before_tx=direction.delay_before_us / _SECOND_US,
        delay_before_rx=direction.delay_after_us / _SECOND_US,
    )
    try:
        port.rs485_mode = wanted
    except (ValueError, OSError, NotImplementedError) as error:
        remedy = "leave rs485 out for an adapter that switches by itself, or use another adapter"
        raise PortGoneError(f"{path}: its driver has no RS-485 mode ({error}): {remedy}") from error


def _ask_for_low_latency(port: serial.Serial) -> None:
    """Without it an FTDI adapter holds bytes back for 16 ms; a pty and some drivers can not."""
    try:
        port.set_low_latency_mode(True)
    except (ValueError, OSError, termios.error) as error:
        if getattr(error, "errno", None) not in (None, errno.ENOTTY, errno.EINVAL):
            _log.info("%s: no low latency: %s", port.port, error)
