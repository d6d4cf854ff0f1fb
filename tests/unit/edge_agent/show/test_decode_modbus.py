"""What a Modbus frame says, with the request and without it."""

import pytest

from device_profiles.framing import Checksum
from edge_agent.bus.modbus import Verdict
from edge_agent.driver.checksum import checksum_of
from edge_agent.show.decode_cut import Piece, pieces
from edge_agent.show.decode_modbus import explain_modbus
from edge_agent.show.decode_said import OK, Said, Sentence
from tests.shipped import PROFILES
from wire.quality import GOOD, Status

READ_LEVEL = "01 03 00 03 00 01"
LEVEL = "01 03 02 01 5E"


def sealed(text: str) -> bytes:
    data = bytes.fromhex(text)
    return data + checksum_of(Checksum.CRC16, data)


def piece(text: str) -> Piece:
    (found,) = pieces(sealed(text))
    assert isinstance(found, Piece)
    return found


def explain(profile: str, *frames: str, request: str | None = None) -> list[Said]:
    found = pieces(b"".join(map(sealed, frames)))
    asked = None if request is None else piece(request)
    return list(explain_modbus(PROFILES[profile], found, asked))


def values(said: Said) -> dict[str, object]:
    return {row.name: row.value for row in said.rows if row.quality == GOOD}


def test_a_reply_to_a_known_request_says_what_was_asked_and_nothing_is_assumed() -> None:
    (said,) = explain("dfrobot_sen0676", LEVEL, request=READ_LEVEL)
    assert (said.frame, said.sentence, said.assumed) == (OK, Sentence.REPLY, None)
    assert [(row.name, row.value) for row in said.rows] == [("level", 0.35)]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("02 03 02 01 5E", Verdict.WRONG_UNIT),
        ("01 04 02 01 5E", Verdict.WRONG_FUNCTION),
        ("01 84 02", Verdict.WRONG_FUNCTION),
        ("01 03 04 01 5E 00 00", Verdict.WRONG_LENGTH),
        ("01 03 00 05 00 01", Verdict.WRONG_LENGTH),
        ("01 83 02", Verdict.EXCEPTION),
    ],
)
def test_what_does_not_answer_the_request_is_refused_by_name(reply: str, why: Verdict) -> None:
    (said,) = explain("dfrobot_sen0676", reply, request=READ_LEVEL)
    assert said.frame == why.value
    assert said.rows == ()


def test_without_a_request_the_agents_own_read_is_taken_a_hazards_first() -> None:
    (said,) = explain("dfrobot_sen0676", LEVEL)
    assert said.assumed is not None
    assert (said.assumed["address"], said.assumed["fitting"]) == (3, 3)
    assert values(said) == {"level": 0.35}
    others = {row.name for row in said.rows if row.quality.status is Status.UNCERTAIN}
    assert others == {"distance", "installed_height"}


def test_a_block_of_the_profile_is_recognised_by_its_length() -> None:
    (said,) = explain(
        "honeywell_sensepoint_xcd", "01 04 10 00 00 00 03 00 00 00 02 00 00 00 40 00 00 00 00"
    )
    assert said.assumed is not None
    assert (said.assumed["address"], said.assumed["fitting"]) == (13, 1)
    assert values(said)["alarm_2_active"] is True
    assert values(said)["fault_active"] is True


def test_a_read_of_one_point_or_of_a_stretch_that_the_agent_never_makes() -> None:
    (one,) = explain("honeywell_sensepoint_xcd", "01 03 04 41 48 00 00")
    assert {row.name: row.value for row in one.rows}["lel"] == 0.125
    (three,) = explain("witmotion_485", "50 03 06 01 C7 F7 77 00 00")
    assert {row.name for row in three.rows} >= {"roll", "pitch", "yaw"}


def test_axes_are_read_together_and_a_stretch_explains_as_much_as_it_can() -> None:
    (axes,) = explain("witmotion_485", "50 03 06 00 00 00 00 08 00")
    assert axes.assumed is not None
    assert (axes.assumed["address"], axes.assumed["fitting"]) == (0x34, 3)
    (all_five,) = explain("dfrobot_sen0676", "01 03 0A 08 66 00 00 01 5E 00 00 00 FA")
    told = {row.name: row.value for row in all_five.rows if row.quality == GOOD}
    assert told == {"distance": 2.15, "level": 0.35, "installed_height": 2.5}


def test_a_length_that_fits_nothing_is_good_and_says_nothing() -> None:
    (said,) = explain("bcd_ruler", "03 04 02 00 00")
    assert (said.frame, said.sentence, said.rows) == (OK, Sentence.REPLY_TO_NOTHING, ())


def test_a_request_names_the_points_that_it_asks_for() -> None:
    (said,) = explain("calectro_ug3", "01 02 00 00 00 04")
    assert (said.frame, said.sentence) == (OK, Sentence.READ)
    assert said.details["points"] == "mounted, service, smoke, relay"


def test_a_request_in_a_log_explains_the_reply_that_follows() -> None:
    first, second, third = explain("dfrobot_sen0676", "01 03 00 01 00 01", LEVEL, READ_LEVEL)
    assert [first.sentence, second.sentence, third.sentence] == [
        Sentence.READ,
        Sentence.REPLY,
        Sentence.READ,
    ]
    assert (values(second), second.assumed) == ({"distance": 0.35}, None)


def test_a_reply_in_a_log_that_answers_somebody_else_is_taken_by_itself() -> None:
    _, second = explain("dfrobot_sen0676", "02 03 00 01 00 01", LEVEL)
    assert second.assumed is not None


def test_the_request_seen_again_on_the_line_is_no_answer() -> None:
    found = explain("dfrobot_sen0676", READ_LEVEL, LEVEL, request=READ_LEVEL)
    assert [one.sentence for one in found] == [Sentence.READ, Sentence.REPLY]


def test_a_write_its_echo_and_a_false_echo() -> None:
    write, other = "01 06 00 00 00 EA", "01 06 00 00 00 EB"
    assert explain("calectro_ug3", write)[0].details["meaning"] == "reset"
    assert [one.frame for one in explain("calectro_ug3", write, write)] == [OK, OK]
    assert explain("calectro_ug3", write, request=write)[0].frame == OK
    assert explain("calectro_ug3", other, request=write)[0].frame == Verdict.WRONG_ECHO.value


def test_several_registers_written_are_confirmed() -> None:
    write = "01 10 00 02 00 02 04 00 11 00 01"
    assert explain("qdy30a", "01 10 00 02 00 02", request=write)[0].frame == OK
    assert explain("qdy30a", "01 10 00 02 00 03", request=write)[0].frame == "wrong_echo"


def test_an_exception_is_named() -> None:
    (said,) = explain("bcd_ruler", "03 83 02")
    assert (said.frame, said.sentence) == ("exception", Sentence.EXCEPTION)
    assert (said.details["code"], said.details["name"]) == (2, "illegal_data_address")
    assert explain("bcd_ruler", "03 83 63")[0].details["name"] == "unknown"


def test_a_request_of_bits_that_could_be_a_reply_is_a_request() -> None:
    (said,) = explain("calectro_ug3", "01 02 03 F4 00 01")
    assert said.sentence is Sentence.READ


def test_another_transaction_is_refused() -> None:
    pdu = bytes.fromhex("03 02 01 5E")
    request = piece(READ_LEVEL)._replace(transaction=1)
    answer = [piece(LEVEL)._replace(transaction=number) for number in (1, 2)]
    found = list(explain_modbus(PROFILES["dfrobot_sen0676"], answer, request))
    assert answer[0].pdu == pdu
    assert [one.frame for one in found] == [OK, "wrong_transaction"]


def test_a_register_that_is_only_a_setting_is_told_as_one() -> None:
    (said,) = explain("dfrobot_sen0676", "01 03 02 04 80", request="01 03 03 F6 00 01")
    assert [(row.name, row.raw, row.label) for row in said.rows] == [("baud", 1152, "115200")]


def test_registers_that_nobody_described_are_shown_as_they_are() -> None:
    (said,) = explain("calectro_ug3", "01 03 02 00 EA", request="01 03 00 01 00 01")
    assert (said.rows, said.details["words"]) == ((), "234")
    many = "01 03 28" + " 00 07" * 20
    (long,) = explain("calectro_ug3", many, request="01 03 01 00 00 14")
    assert str(long.details["words"]).endswith("7, …")
