"""One password for all, or one a user; what is missing is told without any of them."""

import pytest

from simulators.fleet.account_file import AccountError, Passwords


def test_a_single_line_is_the_password_of_every_user() -> None:
    assert Passwords("s3cret\n").of("fleet-0001") == "s3cret"


def test_lines_name_their_user() -> None:
    found = Passwords("fleet-0001:one\n\nfleet-0002:two:with:colons\n")
    assert found.of("fleet-0001") == "one"
    assert found.of("fleet-0002") == "two:with:colons"


def test_a_single_line_with_a_colon_serves_its_user_and_all_others() -> None:
    found = Passwords("load:word")
    assert (found.of("load"), found.of("other")) == ("word", "load:word")


def test_who_is_missing_is_told_and_no_password() -> None:
    with pytest.raises(AccountError) as refused:
        Passwords("a:first-word\nb:second-word").of("c")
    assert "no password for c: write a line c:PASSWORD" in str(refused.value)
    assert "-word" not in str(refused.value)
