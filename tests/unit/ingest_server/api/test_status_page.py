"""The page's files come with the package, are open, and load nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from ingest_server.api.status_page import PATHS, router
from tests.server_rig import ServerRig

FOLDER = Path(__file__).parents[4] / "ingest_server" / "api" / "browser"
LOADS = re.compile(r"""(?:src|href)="([^"#]+)"|from "([^"]+)"|url\(([^)]+)\)""")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|javascript:", re.IGNORECASE
)
HTML_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function"
)


def test_each_file_has_a_path() -> None:
    assert {f"/page/{file.name}" for file in FOLDER.iterdir()} - {"/page/index.html"} | {
        "/"
    } == PATHS


@pytest.mark.parametrize("path", sorted(PATHS))
async def test_it_is_open_and_bound_to_a_strict_policy(rig: ServerRig, path: str) -> None:
    del rig.client.headers["authorization"]
    answer = await rig.client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "trusted-types 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert (await rig.client.post(path)).status_code == 405


@pytest.mark.parametrize("path", ["/page/", "/page/../main.js", "/page/none.js", "/index.html"])
async def test_no_other_path_is_open(rig: ServerRig, path: str) -> None:
    del rig.client.headers["authorization"]
    assert (await rig.client.get(path)).status_code == 401


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_it_loads_only_what_comes_with_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for found in LOADS.findall(text):
        (target,) = filter(None, found)
        assert f"/page/{target.removeprefix('./').removeprefix('/page/')}" in PATHS, target
    assert not INLINE.search(text)
    assert not HTML_SINKS.search(text)


def test_the_pages_are_no_part_of_the_contract() -> None:
    app = FastAPI()
    app.include_router(router())
    assert app.openapi()["paths"] == {}
