"""No program that an acceptance test starts logs a traceback, unless the test makes it do so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mishaps import mishaps, mishaps_in


@pytest.fixture(autouse=True)
def nothing_befell_a_program(
    request: pytest.FixtureRequest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Look through every log below `tmp_path`, and what asyncio said in the test's own process.

    `@pytest.mark.logs_mishap("words of it")`: what holds these words comes from the test's fault.
    """
    yield
    meant = [text for mark in request.node.iter_markers("logs_mishap") for text in mark.args]
    own = [one for one in caplog.get_records("call") if one.name == "asyncio"]
    found = [
        *mishaps_in(tmp_path, meant),
        *(f"the test itself: {text}" for one in own for text in mishaps(one.getMessage(), meant)),
    ]
    if found:
        pytest.fail("\n".join(["logged by a program, and meant by nobody:", *found]), pytrace=False)
