from device_profiles.load import catalog
from device_profiles.transport import R60, Modbus, Parity, Serial

PROFILES = catalog()


def test_the_smoke_detector_speaks_as_its_switches_say() -> None:
    transport = PROFILES["calectro_ug3"].transport
    assert isinstance(transport, Modbus)
    assert transport.serial == Serial(baud=9600, parity=Parity.NONE, stop_bits=2)
    assert (transport.first_unit, transport.last_unit) == (1, 64)
    assert transport.late_max == 3_000_000


def test_the_radar_is_asked_for_all_that_comes_on_change_only() -> None:
    transport = PROFILES["micradar_r60afd1"].transport
    assert isinstance(transport, R60)
    assert set(transport.resync) == {"80 81", "80 82", "83 81", "83 85"}
    assert transport.serial.baud == 115_200
