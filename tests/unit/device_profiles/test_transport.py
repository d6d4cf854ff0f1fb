import pytest
from msgspec.structs import replace

from device_profiles.transport import Carrier, Modbus, Parity, Serial, Stream
from tests.shipped import PROFILES


def test_the_smoke_detector_speaks_as_its_switches_say() -> None:
    transport = PROFILES["calectro_ug3"].transport
    assert isinstance(transport, Modbus)
    assert transport.serial == Serial(baud=9600, parity=Parity.NONE, stop_bits=2)
    assert (transport.first_unit, transport.last_unit) == (1, 64)
    assert transport.late_max == 3_000_000


def test_the_radar_is_asked_for_all_that_comes_on_change_only() -> None:
    transport = PROFILES["micradar_r60afd1"].transport
    assert isinstance(transport, Stream)
    assert set(transport.resync) == {"80 81", "80 82", "83 81", "83 85"}
    assert transport.serial.baud == 115_200
    assert transport.command_layout == transport.layouts[0]
    assert transport.asked == (*transport.resync, *transport.settings)


def test_an_answer_has_the_code_of_its_query_unless_told_otherwise() -> None:
    transport = PROFILES["micradar_r60afd1"].transport
    assert isinstance(transport, Stream)
    other = replace(transport, command=None, answers={"83 8E": "83 0E"})
    assert (other.answer_to("83 8E"), other.answer_to("83 81")) == ("83 0E", "83 81")
    assert other.command_layout is None


@pytest.mark.parametrize(
    ("serial", "bits"),
    [
        (Serial(), 10),
        (Serial(stop_bits=2), 11),
        (Serial(data_bits=7, parity=Parity.EVEN), 10),
        (Serial(parity=Parity.ODD), 11),
    ],
)
def test_a_character_has_start_and_stop(serial: Serial, bits: int) -> None:
    assert serial.character_bits == bits


def test_the_gas_transmitter_is_set_as_it_ships() -> None:
    transport = PROFILES["honeywell_sensepoint_xcd"].transport
    assert isinstance(transport, Modbus)
    assert transport.serial == Serial(baud=19_200, parity=Parity.EVEN, stop_bits=1)
    assert transport.identity is not None
    assert (transport.identity.mask, transport.identity.value) == (0xFF00, 0x2500)


def test_a_unit_may_be_outside_the_standard_and_any_carrier_may_bring_modbus() -> None:
    transport = PROFILES["di2_modbus_sqr2"].transport
    assert isinstance(transport, Modbus)
    assert transport.default_unit == 255
    assert set(transport.carriers) == set(Carrier)
