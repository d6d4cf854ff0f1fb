"""The shipped drivers are what poller and listener ask for, and a device's defaults are patient."""

import inspect

import msgspec
import pytest

from edge_agent.config.tables import Vector
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.driver.stream import StreamDriver
from edge_agent.exchange import Claim, Failure, Reply, Request, Sample
from edge_agent.poll.device import ListenDriver, ListenedDevice, PollDriver, PolledDevice
from edge_agent.poll.report_filter import BULK_INTERVAL_US


class Quiet:
    """Asks for nothing and says nothing."""

    claims = (Claim.SOFT,)
    refused = ()

    def crowd(self, *, is_crowded: bool) -> bool:
        return is_crowded

    def rebase(self, baseline: Vector | None) -> None:
        assert baseline is None

    def due(self, now_us: int, claim: Claim) -> Request | None:
        assert now_us >= 0
        assert claim in self.claims
        return None

    def received(self, reply: Reply, now_us: int) -> list[Sample]:
        assert reply.received_us <= now_us
        return []

    overdue_us = None

    def overdue(self, now_us: int) -> list[Sample]:
        assert now_us >= 0
        return []

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        assert failure.at_us <= now_us
        return []


DEVICE = PolledDevice("smoke-01", 1, Quiet())


def test_a_device_unless_told_otherwise() -> None:
    assert DEVICE.probe is None
    assert not DEVICE.is_test
    assert DEVICE.report.otherwise_us == BULK_INTERVAL_US
    assert not DEVICE.report.always


def test_a_late_reply_is_waited_for_longer_than_an_answer() -> None:
    assert 0 < DEVICE.timeout_us < DEVICE.period_us < DEVICE.late_max_us


def test_two_devices_share_no_policy_by_accident() -> None:
    assert PolledDevice("smoke-02", 2, Quiet()).report is not DEVICE.report


def test_a_device_can_not_change_under_the_poller() -> None:
    with pytest.raises(AttributeError):
        DEVICE.name = "other"  # type: ignore[misc]  # that is what is tried


@pytest.mark.parametrize(
    ("driver", "asked"), [(ModbusDriver, PollDriver), (StreamDriver, ListenDriver)]
)
def test_the_shipped_drivers_have_each_method_that_is_asked_for(driver: type, asked: type) -> None:
    for name in ("due", "received", "failed"):
        wanted, given = (
            list(inspect.signature(getattr(k, name)).parameters) for k in (asked, driver)
        )
        assert given == wanted, name


def test_a_listened_device_needs_only_a_name_and_a_driver() -> None:
    needed = [field.name for field in msgspec.structs.fields(ListenedDevice) if field.required]
    assert needed == ["name", "driver"]
