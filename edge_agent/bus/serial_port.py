"""A serial port that is opened whole: exclusive, at once, with its speed, parity and stop bits."""

import errno
import logging
import termios
from dataclasses import dataclass

import serial

from edge_agent.bus.port import Descriptor, Port, PortGoneError
from edge_agent.bus.wire_time import SerialFormat

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PortSettings:
    """Where the port is and how it is set.

    `opened` is what the port is really opened with when that differs from the wire's: a pseudo-
    terminal knows neither parity nor seven bits, and refuses them from the second opening on.
    """

    path: str
    format: SerialFormat
    opened: SerialFormat | None = None


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
        raise PortGoneError(f"can not open {settings.path}: {error}") from error
    _ask_for_low_latency(port)
    return port


def _ask_for_low_latency(port: serial.Serial) -> None:
    """Without it an FTDI adapter holds bytes back for 16 ms; a pty and some drivers can not."""
    try:
        port.set_low_latency_mode(True)
    except (ValueError, OSError, termios.error) as error:
        if getattr(error, "errno", None) not in (None, errno.ENOTTY, errno.EINVAL):
            _log.info("%s: no low latency: %s", port.port, error)
