"""Statements that can be true (those that can not: test_refusal.py)."""

import pytest

from wire.statement import EpochStatement, Statement, check_statement, is_epoch

A, B = "0" * 16, "f" * 16


@pytest.mark.parametrize(
    "statement",
    [
        Statement(1, (EpochStatement(A, 1, 0, ended=False, taken=0, base=0),)),
        Statement(2, (EpochStatement(A, 1, 1, ended=False, taken=1, base=0),)),
        Statement(
            3, (EpochStatement(A, 2, 1, ended=False, taken=9, base=0, dropped={"disk_full": 9}),)
        ),
        Statement(
            4,
            (
                EpochStatement(A, 1, 0, ended=False, taken=0, base=70, prev=B),
                EpochStatement(B, 3, 4, ended=True, taken=70, base=0),
            ),
            partial=True,
        ),
    ],
)
def test_is_returned_when_it_can_be_true(statement: Statement) -> None:
    assert check_statement(statement) is statement
    assert statement.current.epoch == A


def test_an_epoch_is_16_lower_hexadecimal_digits() -> None:
    assert is_epoch("0123456789abcdef")
    for text in ("", "0123456789ABCDEF", "0123456789abcde", "0123456789abcdef0", "０" * 16):
        assert not is_epoch(text)
