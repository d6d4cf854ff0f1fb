"""The words that bus and driver share: four tables, seven faults, values that can be compared."""

import msgspec
import pytest

from edge_agent.exchange import Failure, Fault, Read, Reply, Request, Sample, Table, Write
from wire.quality import GOOD, Reason, bad

WORDS: list[Request | Reply | Failure | Sample] = [
    Read(1, Table.COILS, 0, 4),
    Write(1, 0, 234),
    Reply((1, 0), 10, 20),
    Failure(Fault.CRC, 20),
    Sample("smoke", value=True, mono_us=5),
]


def test_the_four_tables_of_modbus_are_named() -> None:
    assert set(Table) == {"coils", "discrete_inputs", "holding_registers", "input_registers"}


def test_every_way_in_which_no_answer_comes_has_one_name() -> None:
    assert [str(fault) for fault in Fault] == [
        "time_out",
        "crc",
        "exception",
        "wrong_reply",
        "too_early",
        "resting",
        "port_gone",
    ]


def test_requests_are_keys_and_differ_by_each_part() -> None:
    first = Read(1, Table.COILS, 0, 4)
    others = {
        Read(2, Table.COILS, 0, 4),
        Read(1, Table.DISCRETE_INPUTS, 0, 4),
        Read(1, Table.COILS, 1, 4),
        Read(1, Table.COILS, 0, 5),
        Write(1, 0, 4),
    }
    assert len(others) == 5
    assert first not in others
    assert {first: 1}[Read(1, Table.COILS, 0, 4)] == 1


@pytest.mark.parametrize("word", WORDS, ids=lambda word: type(word).__name__)
def test_what_is_handed_between_threads_can_not_change(word: msgspec.Struct) -> None:
    assert word.__struct_fields__
    for name in word.__struct_fields__:
        with pytest.raises(AttributeError):
            setattr(word, name, None)


def test_a_sample_at_another_time_says_the_same() -> None:
    sample = Sample("smoke", value=False, mono_us=1)
    assert sample.at(1) is sample
    assert sample.at(2) == Sample("smoke", value=False, mono_us=2)


def test_a_failure_has_no_code_and_a_sample_is_good_unless_said() -> None:
    assert Failure(Fault.TIME_OUT, 7).code is None
    assert Failure(Fault.EXCEPTION, 7, 2).code == 2
    assert Sample("smoke", value=False, mono_us=1).quality is GOOD
    worse = Sample("smoke", None, 1, bad(Reason.COMM_FAILURE))
    assert worse != Sample("smoke", None, 1)
