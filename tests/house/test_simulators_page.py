"""The pages of the simulators tell of these consoles and this library."""

import pytest

from simulators.delivery_text import Language
from tests.house.simulators_page import COMMAND, PAGES, render


@pytest.mark.parametrize("language", PAGES)
def test_the_page_is_up_to_date(language: Language) -> None:
    assert PAGES[language].read_text(encoding="utf-8") == render(language), f"run: {COMMAND}"
