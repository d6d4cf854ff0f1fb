"""Paho is asked to look when a ping is due or an answer is missing, and not in between."""

from dataclasses import dataclass

import pytest

from runtime.mqtt_vigil import LEAST_S, Vigil

KEEPALIVE_S = 7.0


@dataclass
class Client:
    """What of paho is asked; `_last_…`: as it names them."""

    _last_msg_out: float = 0.0
    _last_bytes_received: float = 0.0
    now_s: float = 0.0
    looks: int = 0
    pings: int = 0

    def loop_misc(self) -> None:
        self.looks += 1

    def _send_pingreq(self) -> None:
        self.pings += 1

    def said(self) -> None:
        self._last_msg_out = self.now_s

    def heard(self) -> None:
        self._last_bytes_received = self.now_s


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def vigil(client: Client) -> Vigil:
    return Vigil(client, KEEPALIVE_S, lambda: client.now_s)


def test_it_rests_until_one_of_both_is_silent_for_too_long(client: Client, vigil: Vigil) -> None:
    assert vigil.rest_s(is_held=False) == KEEPALIVE_S
    client.now_s = 5.0
    client.said()
    assert vigil.rest_s(is_held=False) == 2.0
    client.heard()
    assert vigil.rest_s(is_held=False) == KEEPALIVE_S
    client.now_s = 20.0
    assert vigil.rest_s(is_held=False) == LEAST_S
    vigil.look(is_held=False)
    assert (client.looks, client.pings) == (1, 0)


def test_while_it_is_held_only_pings_leave(client: Client, vigil: Vigil) -> None:
    for _ in range(5):
        vigil.look(is_held=True)
        client.now_s += vigil.rest_s(is_held=True)
    assert client.now_s == KEEPALIVE_S / 2 * 5
    assert (client.looks, client.pings) == (0, 4)
