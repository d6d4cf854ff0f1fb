"""One order, one answer; what is not understood is said, not raised."""

from collections.abc import Mapping

import msgspec
import pytest

from edge_agent.local_orders import NOT_UNDERSTOOD, Desk, LocalAnswer


async def greet(given: Mapping[str, str]) -> LocalAnswer:
    return LocalAnswer(is_done=True, said=f"hello {given['name']}")


async def answer(order: bytes) -> LocalAnswer:
    return msgspec.json.decode(await Desk({"greet": greet}).carry_out(order), type=LocalAnswer)


async def test_it_is_done_by_its_name() -> None:
    said = await answer(b'{"order":"greet","given":{"name":"Han Mei"}}\n')
    assert said == LocalAnswer(is_done=True, said="hello Han Mei")


@pytest.mark.parametrize(
    "order", [b"{}", b"{", b'{"order":"dance"}', b'{"order":"greet","given":1}']
)
async def test_what_is_not_understood_is_said(order: bytes) -> None:
    said = await answer(order)
    assert not said.is_done
    assert said.reason == NOT_UNDERSTOOD
    assert said.detail
