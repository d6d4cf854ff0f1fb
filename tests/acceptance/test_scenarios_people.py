"""The shipped scenarios of people, end to end."""

from pathlib import Path

import pytest

from tests.acceptance.staged import PEOPLE, chosen, goes_as_expected


@pytest.mark.slow
@pytest.mark.parametrize("name", chosen(PEOPLE))
def test_all_is_as_expected(tmp_path: Path, name: str) -> None:
    goes_as_expected(name, tmp_path)
