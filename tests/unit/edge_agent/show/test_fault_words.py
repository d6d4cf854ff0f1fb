"""Faults, qualities and clocks in Chinese: all that the agent can name has a word."""

import pytest

from edge_agent.bus.modbus import Verdict
from edge_agent.exchange import Fault
from edge_agent.local_action.decide import Reason as Because
from edge_agent.show.fault_words import counts_text, fault_text, named, quality_text
from runtime.language import Language
from wire.envelope import ClockState
from wire.quality import Limit, Reason, Status

EN, ZH = Language.EN, Language.ZH


@pytest.mark.parametrize(
    "name",
    [
        *Fault,
        *ClockState,
        *Status,
        *Reason,
        *(limit for limit in Limit if limit is not Limit.NONE),
        *Because,
        *(verdict for verdict in Verdict if verdict.value not in ("reply", "exception")),
    ],
)
def test_each_has_a_word(name: str) -> None:
    assert named(str(name), ZH) != str(name)
    assert named(str(name), EN) == str(name)


def test_what_is_put_together() -> None:
    assert fault_text("time_out: silence", ZH) == "超时：无应答"
    assert fault_text("time_out: silence", EN) == "time_out: silence"
    assert fault_text("crc: what a driver said", ZH) == "校验错误：what a driver said"
    assert fault_text("port_gone: can not open it: gone", EN) == "port_gone"
    assert fault_text("", EN) == ""
    assert quality_text("bad/comm_failure", ZH) == "无效/通信失败"
    assert quality_text("uncertain/stale/high", EN) == "uncertain/stale/high"
    assert counts_text({"time_outs": 3, "crc_errors": 1}, ZH) == "超时 3、校验错误 1"
    assert counts_text({}, EN) == "-"
