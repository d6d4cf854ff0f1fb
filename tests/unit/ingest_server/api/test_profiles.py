"""Profiles are listed by id, page by page, with the words for devices and points."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from ingest_server.api.web import build
from tests.server_rig import TOKEN, server_rig
from tests.shipped import PROFILES


async def test_all_profiles_come_page_by_page(tmp_path: Path) -> None:
    profiles = PROFILES
    async with server_rig(tmp_path) as rig:
        app = build(replace(rig.office, profiles=profiles), TOKEN)
        headers = {"authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://server", headers=headers
        ) as client:
            found: list[dict[str, Any]] = []
            after: str | None = ""
            while after is not None:
                answer = await client.get("/v1/profiles", params={"limit": 1, "after": after})
                page = answer.json()
                found.extend(page["items"])
                after = page["next"]
    assert [one["profile"] for one in found] == sorted(profiles)
    smoke = next(one for one in found if one["profile"] == "calectro_ug3")
    assert smoke["kind"] == "smoke"
    assert set(smoke["title"]) == {"en", "zh"}
    (point,) = [one for one in smoke["points"] if one["point"] == "smoke"]
    assert (point["value"], point["unit"], point["title"]["zh"]) == ("state", None, "烟雾报警")
