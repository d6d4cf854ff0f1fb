"""Each thing that can be wrong is said with its remedy; tables show what is there."""

import pytest
from msgspec.structs import replace

from edge_agent.health import (
    AgentHealth,
    ConfigHealth,
    DeviceHealth,
    DeviceState,
    LaneHealth,
    LineHealth,
    LineLoad,
    Notice,
    Unasked,
    UnitHealth,
    UplinkHealth,
    WearHealth,
)
from edge_agent.health_document import document
from edge_agent.link_count import LinkCount
from edge_agent.own_health import LocalActionHealth, MachineHealth, SalvageHealth
from edge_agent.show.status_text import (
    known_problems,
    problems,
    running_text,
    stopped_text,
)
from edge_agent.show.status_words import Words
from runtime.language import Language, width
from wire.quality import GOOD

ENGLISH, CHINESE = Words(Language.EN), Words(Language.ZH)
NOW_US = 100_000_000
HASH = "0123456789abcdef"
LINE = LineHealth(
    "shed", is_open=True, busy=0.25, units=(UnitHealth(1, requests=9, replies=7, time_outs=2),)
)
DEVICE = DeviceHealth(
    "smoke-01", "shed", DeviceState.ANSWERING, NOW_US - 300_000, 0, "", GOOD, "period", NOW_US,
    is_test=False,
)  # fmt: skip
LANE = LaneHealth("urgent", 9, 5, 3, 1, {}, 2, 300, NOW_US - 90_000_000, 2)
HEALTH = AgentHealth(
    gateway="gw-001",
    version="1",
    boot="boot-1",
    epoch="a" * 16,
    clock="synchronised",
    now_us=NOW_US,
    started_us=NOW_US - 3_700_000_000,
    config=ConfigHealth(HASH),
    lines=(LINE,),
    devices=(DEVICE,),
    lanes=(LANE,),
    is_in_memory=False,
    not_taken=0,
    refusal="",
    uplink=UplinkHealth("mqtt:8883", is_connected=True, connection=7, receipt_us=NOW_US - 1),
    late=(),
    notices=(Notice("2026-11-21T08:40:00+00:00", "something happened"),),
)


COMING = SalvageHealth("buffer.db.broken-1", "bringing", 0.25, 70)


def found(health: AgentHealth) -> list[str]:
    return problems(document(health), HASH, ENGLISH)


def test_a_healthy_agent_has_no_problem() -> None:
    assert found(HEALTH) == []


@pytest.mark.parametrize(
    ("health", "said"),
    [
        (replace(HEALTH, config=ConfigHealth("f" * 16)), "reload it (SIGHUP)"),
        (
            replace(HEALTH, lines=(replace(LINE, is_open=False, problem="gone"),)),
            "line shed is closed (devices not watched: 1): gone",
        ),
        (
            replace(HEALTH, devices=(replace(DEVICE, state=DeviceState.DEAD, last_fault="crc"),)),
            "device smoke-01 is dead (crc): check speed and parity, shield",
        ),
        (
            replace(
                HEALTH,
                devices=(replace(DEVICE, state=DeviceState.DEAD, last_fault="time_out: silence"),),
            ),
            "device smoke-01 is dead (time_out: silence): check its power, wiring and address",
        ),
        (
            replace(
                HEALTH,
                devices=(
                    replace(DEVICE, state=DeviceState.DEAD, last_fault="wrong_reply: wrong_unit"),
                ),
            ),
            "check that no other device has its address, and that nobody else asks",
        ),
        (
            replace(HEALTH, uplink=replace(HEALTH.uplink, is_connected=False)),
            "no connection to mqtt:8883",
        ),
        (
            replace(HEALTH, uplink=replace(HEALTH.uplink, receipt_us=None)),
            "no receipt for 1 h 1 min: is the server running?",
        ),
        (replace(HEALTH, lanes=(replace(LANE, taken=10),)), "urgent does not balance"),
        (
            replace(HEALTH, lanes=(replace(LANE, taken=10, dropped={"bulk_full": 1}),)),
            "urgent gave up bulk_full 1",
        ),
        (replace(HEALTH, is_in_memory=True), "kept in memory only: mend the buffer's disk"),
        (replace(HEALTH, refusal="disk is full"), "takes no readings (disk is full): make room"),
        (replace(HEALTH, not_taken=3), "3 samples were not taken"),
        (
            replace(HEALTH, salvage=(replace(COMING, problem="only 7 KiB are free"),)),
            "what buffer.db.broken-1 holds does not come in (only 7 KiB are free)",
        ),
        (replace(HEALTH, late=("line shed",)), "no progress of line shed"),
        (
            replace(HEALTH, config=ConfigHealth(HASH, refused=("agent.toml:7: lines.a: bad",))),
            "the old configuration stays in force: agent.toml:7: lines.a: bad",
        ),
        (
            replace(HEALTH, config=ConfigHealth(HASH, 3, 4, "diverged")),
            "the server wants configuration 4, and it is diverged: edge-agent config show",
        ),
    ],
)
def test_each_problem_is_said(health: AgentHealth, said: str) -> None:
    (problem,) = found(health)
    assert said in problem


def test_devices_of_a_closed_line_are_not_told_one_by_one() -> None:
    gone = "port_gone: can not open ttyUSB0: it is not there"
    dead = replace(DEVICE, state=DeviceState.DEAD, last_fault=gone)
    closed = replace(LINE, is_open=False, problem="can not open ttyUSB0: it is not there")
    health = replace(HEALTH, lines=(closed,), devices=(dead, replace(dead, device="smoke-02")))
    (problem,) = found(health)
    assert "(devices not watched: 2)" in problem
    assert " port_gone" in "\n".join(running_text(document(health), ENGLISH))
    assert "端口断开" in "\n".join(running_text(document(health), CHINESE))


def test_a_device_not_heard_yet_is_no_problem_until_it_fails() -> None:
    silent = replace(DEVICE, state=DeviceState.NEVER_HEARD, last_reply_us=None, quality=None)
    assert found(replace(HEALTH, devices=(silent,))) == []
    assert found(replace(HEALTH, devices=(replace(silent, last_fault="time_out"),))) != []


def test_what_comes_in_is_no_problem_and_says_how_far_it_is() -> None:
    coming = replace(HEALTH, salvage=(COMING,))
    assert found(coming) == []
    page = "\n".join(running_text(document(coming), ENGLISH))
    assert "buffer.db.broken-1 was set aside, bringing in: 25%, 70 readings so far" in page
    page = "\n".join(running_text(document(coming), CHINESE))
    assert "移到一旁的 buffer.db.broken-1，取回中：25%，已取回 70 条读数" in page


def test_a_page_in_english() -> None:
    page = running_text(document(HEALTH), ENGLISH)
    assert page[0].startswith("gateway gw-001  ·  up 1 h 1 min  ·  clock synchronised")
    assert page[1] == f"configuration {HASH}  ·  1"
    assert "uplink mqtt:8883 connected  ·  last receipt 0.0 s ago" in page
    assert "shed  open  25%   -     9         time_outs 2" in page
    assert "smoke-01  shed  answering  0.3 s      -           -     good     -" in page
    assert "urgent  9      5       3         1        -        1 min 30 s  2          300 B" in page
    assert page[-1].endswith("something happened")


BUSY = replace(
    HEALTH,
    devices=tuple(
        replace(
            DEVICE,
            device=f"water-level-{number:02}",
            state=DeviceState.DEAD if number % 7 == 3 else DeviceState.ANSWERING,
            last_fault="time_out: silence" if number % 7 == 3 else "",
            link=LinkCount(1_000, 980, 20, reply_p50_us=20_400, reply_p99_us=145_000),
        )
        for number in range(50)
    ),
    lines=tuple(
        replace(LINE, line=f"rs485-{number}", is_open=number != 9, problem="gone " * 20)
        for number in range(11)
    ),
    uplink=replace(HEALTH.uplink, round_trip_us=83_000),
    machine=MachineHealth(31_400_000, 9_123_456_789, 48.3),
    clock_offset_us=-4_312_000,
    buffer_size=256 * 2**20,
    notices=(Notice("2026-11-21T08:40:00+00:00", "many words " * 30),),
    wear=WearHealth({"urgent": 30_000_000, "bulk": 12_000_000, "receipts": 3_000_000}, 90_000_000),
    local_actions=(
        LocalActionHealth(
            "siren", "siren-01", "sound", "failed", "gave_up", NOW_US, ("smoke-01/smoke",), "crc"
        ),
    ),
)


@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_eleven_lines_and_fifty_devices_fit_a_hundred_columns(words: Words) -> None:
    page = running_text(document(BUSY), words)
    assert max(map(width, page)) <= 100
    assert "20/145" in "\n".join(page)
    assert "98.0%" in "\n".join(page)


def test_the_head_of_a_busy_page() -> None:
    page = running_text(document(BUSY), ENGLISH)
    assert page[0].endswith("clock synchronised  ·  system clock -4.312 s")
    assert page[2] == "memory 29.0 MiB  ·  disk free 8.5 GiB  ·  48 °C  ·  buffer 0.0% full"
    assert page[3].endswith("last receipt 0.0 s ago, 83 ms after its message")
    assert "siren         siren-01 sound  failed  0.0 s  smoke-01/smoke" in page


def test_a_local_action_that_failed_is_a_problem() -> None:
    (said,) = [one for one in found(replace(BUSY, devices=(), lines=())) if "siren" in one]
    assert said.startswith("local action siren failed at siren-01 (crc)")


def test_a_page_in_chinese() -> None:
    page = "\n".join(running_text(document(HEALTH), CHINESE))
    assert "网关 gw-001" in page
    assert "紧急" in page
    assert "gateway" not in page


def test_what_the_card_takes_is_said_and_who_chatters() -> None:
    wear = WearHealth({"urgent": 3 * 1024**2, "bulk": 1024**2}, 1024**3, 61.4, ("gas-01:lel",))
    health = replace(HEALTH, wear=wear)
    page = running_text(document(health), ENGLISH)
    assert "card: 4.0 MiB a day (urgent 3.0 MiB, bulk 1.0 MiB), it lasts 61 years; however" in (
        " ".join(page)
    )
    assert "changes without end, committed once a second: gas-01:lel" in page
    assert "可用 61 年" in "\n".join(running_text(document(health), CHINESE))
    assert "card:" not in "\n".join(running_text(document(HEALTH), ENGLISH))


def test_a_card_that_lasts_months_and_a_rate_that_is_not_known_yet() -> None:
    worn = replace(HEALTH, wear=WearHealth({"bulk": 1024**3}, 1024**2, 0.7))
    assert "it lasts 0.7 years" in "\n".join(running_text(document(worn), ENGLISH))
    young = replace(HEALTH, wear=WearHealth({}, 1024**2))
    said = " ".join(running_text(document(young), ENGLISH))
    assert "card: what it takes a day is known after an hour" in said
    assert "at most 1.0 MiB a day" in said


def test_a_stopped_agent() -> None:
    lanes = document(HEALTH).lanes
    assert stopped_text("gw-001", lanes, ENGLISH)[0] == (
        "gateway gw-001  ·  not running; from its buffer:"
    )
    assert len(stopped_text("gw-001", (), ENGLISH)) == 1


def test_a_line_that_is_too_full_is_said_with_what_helps() -> None:
    load = LineLoad("shed", 1.34, 0.6, is_full=True, stretch=1.9)
    health = replace(HEALTH, lines=(replace(LINE, load=load),))
    (problem,) = found(health)
    assert problem.startswith("line shed is 134% loaded: hazard points (60%) keep their period")
    assert "shed  open  25%   134%  9         time_outs 2" in running_text(
        document(health), ENGLISH
    )
    assert "负载 134%" in problems(document(health), HASH, CHINESE)[0]


def test_what_a_device_refuses_is_said_by_name() -> None:
    health = replace(HEALTH, devices=(replace(DEVICE, refused=("battery", "relay")),))
    (problem,) = found(health)
    assert problem.startswith("device smoke-01 refuses battery, relay: ")


def test_a_wish_that_was_rejected_before_is_said_as_no_news() -> None:
    health = replace(HEALTH, config=ConfigHealth(HASH, 3, 4, "rejected", is_known=True))
    (problem,) = found(health)
    assert problem == (
        "the server still wants configuration 4, which is rejected as before (nothing new):"
        " edge-agent config show"
    )
    assert known_problems(document(health), ENGLISH) == [problem]
    (problem,) = problems(document(health), HASH, CHINESE)
    assert "服务端仍要求配置 4，结果同前：已拒绝" in problem
    fresh = replace(HEALTH, config=ConfigHealth(HASH, 3, 4, "rejected"))
    assert known_problems(document(fresh), ENGLISH) == []


def test_two_devices_with_one_address_are_said_in_both_languages() -> None:
    doubled = replace(LINE, unasked=Unasked(480, 0.008, ("smoke-01",)))
    health = replace(HEALTH, lines=(doubled,))
    (problem,) = found(health)
    assert problem.startswith("device smoke-01: two devices may have this address")
    (problem,) = problems(document(health), HASH, CHINESE)
    assert problem.startswith("设备 smoke-01：可能有两台设备用了同一地址")
    text = running_text(document(health), ENGLISH)
    assert "line shed: 480 bytes a minute that nobody asked for" in text
    text = running_text(document(health), CHINESE)
    assert "线路 shed：每分钟收到 480 字节无人请求的数据" in text


def test_babble_is_a_problem_when_it_takes_a_share_of_the_wire() -> None:
    health = replace(HEALTH, lines=(replace(LINE, unasked=Unasked(5_000, 0.087)),))
    (problem,) = found(health)
    assert problem == (
        "line shed hears 5000 bytes a minute that nobody asked for (9 % of its time): look for a"
        " device that talks by itself, a missing termination, two devices with one address, a"
        " wrong baud rate"
    )
    (problem,) = problems(document(health), HASH, CHINESE)
    assert "终端电阻" in problem
    assert found(replace(HEALTH, lines=(replace(LINE, unasked=Unasked(5, 0.0001)),))) == []
    assert not any("nobody asked" in line for line in running_text(document(HEALTH), ENGLISH))


def test_a_line_that_hears_itself_is_said_with_the_key() -> None:
    (problem,) = found(replace(HEALTH, lines=(replace(LINE, hears_itself=True),)))
    assert problem == "line shed hears its own requests: write local_echo = true at [lines.shed]"
