"""The API of a server that stands still until a test feeds it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server_rig import ServerRig, server_rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[ServerRig]:
    async with server_rig(tmp_path) as made:
        yield made
