"""One MQTT v5 connection over paho, from CONNECT to its loss, driven by the event loop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from runtime.lazy_import import lazily
from runtime.link_rate import LinkRate
from runtime.mqtt_pending import Pending
from runtime.mqtt_publish import Publish, Publishing
from runtime.mqtt_vigil import LEAST_S, Vigil
from runtime.mqtt_words import Farewell, Message, Options, Outcome, Will, outcome_of
from runtime.no_tls import NoTls
from runtime.thread import in_daemon_thread

with lazily("urllib.request"):  # for proxies alone: with http and email it takes 1.3 MB and 15 ms
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode
    from paho.mqtt.subscribeoptions import SubscribeOptions

if vars(paho)["ssl"] is None:  # left out by a program whose link is plain
    vars(paho)["ssl"] = NoTls("ssl")

log = logging.getLogger(__name__)

_CONNECT_S = 5.0  # for TCP, then again for TLS
_ANSWER_S = 30.0  # from PUBLISH to PUBACK: a broker that only answers pings is left
_READY_S = 15.0  # from CONNECT sent to SUBACK
_FAREWELL_S = 1.0
_WINDOW = 1000  # publishes in flight, unless the broker allows fewer
_LEAVE = {Farewell.CLEAN: 0x00, Farewell.WILL: 0x04}  # MQTT 5 §3.14.2.1


class Link:
    """One connection with a paho client of its own: what it lost, no later one resends.

    Only `connect` (DNS, TCP, TLS) runs in a thread; paho's callbacks all run on the event loop.
    The loop is given the socket's number: whenever it does not know a socket, it would ask the
    system for both its addresses, to name it in an error that nobody sees.
    """

    def __init__(
        self,
        options: Options,
        *,
        number: int,
        subscriptions: Sequence[str],
        will: Will | None,
        deliver: Callable[[Message], None],
        answer_s: float = _ANSWER_S,
    ) -> None:
        self._answer_s = answer_s
        self.number = number
        self._options = options
        self._subscriptions = subscriptions
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._pending = Pending(self._loop.time)
        self.is_resumed = False
        self._held = self._closed = self._is_full = False
        self._timer: asyncio.TimerHandle | None = None
        self._client = _new_client(options, will)
        self._vigil = Vigil(self._client, options.keepalive_s, self._loop.time)
        self._publishing = Publishing(
            self._client,
            self._pending,
            _WINDOW,
            write_on=self._write_on,
            is_lost=self.lost.done,
        )

    @property
    def rate(self) -> LinkRate:
        """What is known of the link so far."""
        return self._pending.rate

    @property
    def slots(self) -> int:
        """How many publishes the broker takes before it answers one."""
        return self._publishing.slots

    async def open(self) -> None:
        """Connect and subscribe. Raise OSError or ValueError that says why it failed."""
        await in_daemon_thread("mqtt-connect", self._connect)
        sock = self._client.socket()
        if sock is None:
            raise ConnectionError("the broker closed the connection at once")
        self._set_callbacks()
        self._loop.add_reader(sock.fileno(), self._on_readable)
        self._write_on()
        self._tick()
        either: list[asyncio.Future[Any]] = [self._ready, self.lost]
        await asyncio.wait(either, timeout=_READY_S, return_when=asyncio.FIRST_COMPLETED)
        if self.lost.done():
            raise ConnectionError(self.lost.result())
        if not self._ready.done():
            raise TimeoutError(f"no CONNACK and SUBACK within {_READY_S:.0f} s")

    def _connect(self) -> None:
        asked = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        asked.SessionExpiryInterval = self._options.session_expiry_s
        asked.ReceiveMaximum = self._options.receive_maximum
        if self._options.tls:
            from runtime.tls import client_context  # noqa: PLC0415 - 5 MB that loopback spares

            trusted, own = self._options.ca_file, self._options.certificate
            self._client.tls_set_context(client_context(trusted, own))
        result = self._client.connect(
            self._options.host,
            self._options.port,
            keepalive=self._options.keepalive_s,
            clean_start=self._options.clean_start,
            properties=asked,
        )
        if self._closed:  # cancelled meanwhile: nobody else closes this socket
            self._shut()
        if result != paho.MQTT_ERR_SUCCESS:
            raise ConnectionError(paho.error_string(result))

    def _set_callbacks(self) -> None:
        client = self._client
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_disconnect = self._on_disconnect
        client.on_socket_close = self._on_socket_close

    def send(self, one: Publish) -> Awaitable[Outcome]:
        """See Publishing.send."""
        return self._publishing.send(one)

    def acknowledge(self, mid: int) -> None:
        if not self.lost.done():
            self._client.ack(mid, qos=1)
            self._write_on()

    def hold(self) -> None:
        """Stop reading the socket, so that TCP holds the broker back; pings go on."""
        sock = self._client.socket()
        if sock is not None and not self._held:
            self._held = True
            self._loop.remove_reader(sock.fileno())

    def release(self) -> None:
        """Read on after `hold`."""
        sock = self._client.socket()
        if sock is not None and self._held:
            self._held = False
            self._pending.begin_anew()
            self._loop.add_reader(sock.fileno(), self._on_readable)
            self._loop.call_soon(self._on_readable)  # bytes that TLS has read wake no selector

    async def leave(self, farewell: Farewell) -> None:
        """Say DISCONNECT and wait a moment until it is written."""
        if not self._ready.done() or self.lost.done():
            return
        self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, identifier=_LEAVE[farewell]))
        self._write_on()
        await asyncio.wait([self.lost], timeout=_FAREWELL_S)

    def close(self) -> None:
        """Let go of socket and timer; every publish without an answer becomes LOST."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._shut()
        self._lose("closed by us")

    def _shut(self) -> None:
        sock = self._client.socket()
        if sock is not None:
            self._on_socket_close(None, None, sock)
            sock.close()

    def _lose(self, reason: str) -> None:
        if not self.lost.done():
            self.lost.set_result(reason)
        self._pending.lose()

    def _tick(self) -> None:
        if not self._held and self._pending.waited_s() >= self._answer_s:
            self._lose(f"no PUBACK within {self._answer_s:.0f} s")
        self._vigil.look(is_held=self._held)
        awaited_s = max(self._answer_s - self._pending.waited_s(), LEAST_S)
        rest_s = min(self._vigil.rest_s(is_held=self._held), awaited_s)
        self._timer = self._loop.call_later(rest_s, self._tick)

    def _on_readable(self) -> None:
        while not self._held:
            self._client.loop_read()
            self._write_on()
            sock: Any = self._client.socket()  # with TLS it may hold more than the kernel knows
            if sock is None or not self._options.tls or not sock.pending():
                return

    def _write_on(self) -> None:
        """What paho could not write at once, or was asked for in a callback, leaves with room.

        It writes by itself, as nobody registers for that: an alarm spares a turn of the loop.
        """
        sock = self._client.socket()
        if sock is None or self._is_full == self._client.want_write():
            return
        self._is_full = not self._is_full
        if self._is_full:
            self._loop.add_writer(sock.fileno(), self._on_writable)
        else:
            self._loop.remove_writer(sock.fileno())

    def _on_writable(self) -> None:
        self._client.loop_write()
        self._write_on()

    def _on_socket_close(self, _client: Any, _data: Any, sock: Any) -> None:
        if sock.fileno() >= 0:  # paho calls once more when it is garbage-collected
            self._loop.remove_reader(sock.fileno())
            self._loop.remove_writer(sock.fileno())

    def _on_connect(self, _client: Any, _data: Any, flags: Any, code: Any, said: Any) -> None:
        if code.is_failure:
            self._lose(f"the broker refused: {code}")
            return
        self.is_resumed = bool(flags.session_present)
        self._publishing.broker_takes(
            min(_WINDOW, getattr(said, "ReceiveMaximum", _WINDOW)),
            aliases=getattr(said, "TopicAliasMaximum", 0),
            largest=getattr(said, "MaximumPacketSize", None),
        )
        if self._subscriptions:
            options = SubscribeOptions(qos=1)
            self._client.subscribe([(topic, options) for topic in self._subscriptions])
        else:
            self._ready.set_result(None)

    def _on_subscribe(self, _client: Any, _data: Any, _mid: int, codes: Any, _said: Any) -> None:
        answers = zip(self._subscriptions, codes, strict=False)
        refused = [f"{topic} ({code})" for topic, code in answers if code.is_failure]
        if refused:
            self._lose(f"the broker refused to subscribe us to {', '.join(refused)}")
        elif not self._ready.done():
            self._ready.set_result(None)

    def _on_message(self, _client: Any, _data: Any, got: paho.MQTTMessage) -> None:
        try:
            topic = got.topic
        except UnicodeDecodeError:
            log.warning("dropped a message: its topic is not UTF-8")
            self._client.ack(got.mid, got.qos)
            return
        self._deliver(
            Message(
                topic=topic,
                payload=bytes(got.payload),
                properties=tuple(getattr(got.properties, "UserProperty", ())),
                content_type=getattr(got.properties, "ContentType", None),
                retain=got.retain,
                qos=got.qos,
                mid=got.mid,
                connection=self.number,
            )
        )

    def _on_publish(self, _client: Any, _data: Any, mid: int, code: Any, _said: Any) -> None:
        self._pending.answered(mid, outcome_of(code.value))

    def _on_disconnect(self, _client: Any, _data: Any, flags: Any, code: Any, _said: Any) -> None:
        who = "the broker disconnected us" if flags.is_disconnect_packet_from_server else "lost"
        self._lose(f"{who}: {code}")


def _new_client(options: Options, will: Will | None) -> paho.Client:
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=options.client_id,
        protocol=paho.MQTTv5,
        manual_ack=True,
        reconnect_on_failure=False,
    )
    client.max_inflight_messages_set(0)  # the link's window counts; it knows the broker's maximum
    client.connect_timeout = _CONNECT_S
    client.username_pw_set(options.username, options.password)
    if will is not None:
        client.will_set(will.topic, will.payload, will.qos, will.retain)
    return client
