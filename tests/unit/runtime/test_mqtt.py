"""The session against real brokers: outcomes, redelivery, loss, frost, pressure, farewell."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from runtime.mqtt import Farewell, Message, Options, Outcome, Session, Will
from simulators.broker import Broker, Which
from tests.patience import PATIENCE_S, until

Connect = Callable[..., Session]
BrokerFactory = Callable[..., Broker]


async def arrives(session: Session) -> Message:
    async with asyncio.timeout(PATIENCE_S):
        return await session.receive()


def options(broker: Broker, client_id: str) -> Options:
    return Options(host=broker.host, port=broker.port, client_id=client_id, tls=False)


@contextlib.asynccontextmanager
async def running(session: Session) -> AsyncIterator[None]:
    """Connected inside, disconnected after."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(session.run())
        await session.connected()
        yield
        task.cancel()


def open_files() -> set[Path]:
    return set(Path("/proc/self/fd").iterdir())


async def publish_all(session: Session, count: int, topic: str = "t/x") -> list[Outcome]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(session.publish(topic, str(n).encode())) for n in range(count)]
    return [task.result() for task in tasks]


async def test_a_message_arrives_whole(each_broker: Broker, connect: Connect) -> None:
    taker = connect(each_broker, "taker", subscriptions=["t/#"])
    giver = connect(each_broker, "giver")
    assert await taker.connected() == await giver.connected() == 1
    assert taker.is_connected
    stated = [("key", "urgent;1"), ("key", "twice"), ("温度", "值")]
    outcome = await giver.publish(
        "t/x", b"\x00\xff", properties=stated, content_type="application/senml+json", expiry_s=60
    )
    assert outcome is Outcome.ACCEPTED
    got = await arrives(taker)
    assert (got.topic, got.payload, got.qos, got.retain) == ("t/x", b"\x00\xff", 1, False)
    assert got.properties == tuple(stated)
    assert got.content_type == "application/senml+json"
    taker.acknowledge(got)


async def test_what_nobody_hears_is_told(mosquitto: Broker, connect: Connect) -> None:
    giver = connect(mosquitto, "giver")
    await giver.connected()
    assert await giver.publish("t/nobody", b"x") is Outcome.NO_SUBSCRIBER


async def test_each_connection_is_announced(broker: Broker, connect: Connect) -> None:
    session, herald = connect(broker, "gw"), asyncio.Event()
    session.announce(herald)
    for _ in range(2):
        async with asyncio.timeout(PATIENCE_S):
            await herald.wait()
        assert session.is_connected
        herald.clear()
        broker.stop()
        broker.start()


async def test_publish_without_a_connection_is_lost(broker: Broker, connect: Connect) -> None:
    giver = connect(broker, "giver")
    assert not giver.is_connected
    assert await giver.publish("t/x", b"x") is Outcome.LOST


async def test_qos_0_completes_when_it_is_written(each_broker: Broker, connect: Connect) -> None:
    taker = connect(each_broker, "taker", subscriptions=["t/#"])
    await taker.connected()
    assert await taker.publish("t/x", b"0", qos=0) is Outcome.ACCEPTED
    got = await arrives(taker)
    if each_broker.kind is Which.MOSQUITTO:  # iotcore delivers at the QoS of the subscription
        assert got.qos == 0
    taker.acknowledge(got)  # QoS 0: nothing to do


async def test_a_topic_is_said_once_in_a_connection(each_broker: Broker, connect: Connect) -> None:
    """More topics than any broker counts, in turn; and again on the next connection."""
    taker = connect(each_broker, "taker", subscriptions=["t/#"])
    giver = connect(each_broker, "giver")
    await taker.connected()
    await giver.connected()
    topics = [f"t/{n}" for n in range(15)] * 2
    for topic in topics:
        assert await giver.publish(topic, topic.encode()) is Outcome.ACCEPTED
    for topic in topics:
        got = await arrives(taker)
        assert (got.topic, got.payload) == (topic, topic.encode())
        taker.acknowledge(got)


async def test_whether_the_broker_kept_the_session_is_told(
    mosquitto: Broker, connect: Connect
) -> None:
    giver = connect(mosquitto, "giver")
    await giver.connected()
    told = [giver.is_resumed]
    assert giver._attempt is not None
    giver._attempt.close()
    await giver.disconnected()
    told.append(giver.is_resumed)
    await giver.connected()
    told.append(giver.is_resumed)
    mosquitto.kill()
    await giver.disconnected()
    (mosquitto.log.parent / "mosquitto.db").unlink(missing_ok=True)
    mosquitto.start()
    await giver.connected()
    assert [*told, giver.is_resumed] == [False, False, True, False]


async def test_a_topic_with_a_wildcard_takes_no_alias(mosquitto: Broker, connect: Connect) -> None:
    taker = connect(mosquitto, "taker", subscriptions=["t/#"])
    await taker.connected()
    with pytest.raises(ValueError, match="wildcard"):
        await taker.publish("t/+", b"x")
    for _ in range(2):
        assert await taker.publish("t/x", b"x") is Outcome.ACCEPTED
        assert (await arrives(taker)).topic == "t/x"


async def test_the_rate_of_the_link_is_known_once_it_was_used(
    mosquitto: Broker, connect: Connect
) -> None:
    taker = connect(mosquitto, "taker", subscriptions=["t/#"])
    assert (taker.slots, taker.rate.per_second) == (0, None)
    await taker.connected()
    assert taker.slots > 1
    await publish_all(taker, 50)
    assert (taker.rate.per_second or 0) > 1_000
    assert taker.rate.under_way == 0
    mosquitto.freeze()
    async with asyncio.TaskGroup() as group:
        group.create_task(taker.publish("t/x", bytes(1_000)))
        await asyncio.sleep(0)
        assert taker.rate.under_way > 1_000
        mosquitto.kill()


async def test_a_retained_message_is_marked(each_broker: Broker, connect: Connect) -> None:
    giver = connect(each_broker, "giver")
    await giver.connected()
    await giver.publish("t/birth", b"born", retain=True)
    taker = connect(each_broker, "taker", subscriptions=["t/#"])
    got = await arrives(taker)
    assert (got.payload, got.retain) == (b"born", True)


async def test_too_large_is_told_before_it_is_sent(mosquitto: Broker, connect: Connect) -> None:
    taker = connect(mosquitto, "taker", subscriptions=["t/#"])
    await taker.connected()
    assert await taker.publish("t/x", bytes(1_100_000)) is Outcome.TOO_LARGE
    assert await taker.publish("t/x", bytes(1_000_000)) is Outcome.ACCEPTED
    assert taker.connection == 1


async def test_what_the_acl_denies_is_told(broker_factory: BrokerFactory, connect: Connect) -> None:
    broker = broker_factory(Which.MOSQUITTO, accounts={"gw-1": "one"})
    gateway = connect(broker, "gw-1", username="gw-1", password="one")  # noqa: S106 - a test's
    await gateway.connected()
    denied = "lifeline/1/up/00/gw-2/urgent"
    assert await gateway.publish(denied, b"x") is Outcome.NOT_AUTHORISED
    assert await gateway.publish(denied, b"x") is Outcome.NOT_AUTHORISED
    assert await gateway.publish("lifeline/1/up/00/gw-1/urgent", b"x") is Outcome.NO_SUBSCRIBER
    assert gateway.connection == 1


async def test_a_wrong_password_is_told_and_tried_again(
    broker_factory: BrokerFactory, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    broker = broker_factory(Which.MOSQUITTO, accounts={"gw-1": "one"})
    gateway = connect(broker, "gw-1", username="gw-1", password="two")  # noqa: S106 - a test's
    await until(lambda: gateway.connection >= 3)
    assert not gateway.is_connected
    assert "Not authorized" in caplog.text
    assert "two" not in caplog.text


async def test_order_is_kept(each_broker: Broker, connect: Connect) -> None:
    taker = connect(each_broker, "taker", subscriptions=["t/#"])
    giver = connect(each_broker, "giver")
    await taker.connected()
    await giver.connected()
    assert set(await publish_all(giver, 300)) == {Outcome.ACCEPTED}
    for n in range(300):
        got = await arrives(taker)
        assert got.payload == str(n).encode()
        taker.acknowledge(got)


async def test_what_was_not_acknowledged_is_redelivered(
    each_broker: Broker, connect: Connect
) -> None:
    giver = connect(each_broker, "giver")
    await giver.connected()
    taker = Session(options(each_broker, "taker"), subscriptions=["t/#"])
    async with running(taker):
        await publish_all(giver, 5)
        for got in [await arrives(taker) for _ in range(5)][:2]:
            taker.acknowledge(got)
        await asyncio.sleep(0.05)  # both PUBACKs are on their way
    taker = connect(each_broker, "taker", subscriptions=["t/#"])
    assert [(await arrives(taker)).payload for _ in range(3)] == [b"2", b"3", b"4"]


async def test_acknowledging_for_a_connection_that_is_gone_does_nothing(
    mosquitto: Broker, connect: Connect
) -> None:
    taker = connect(mosquitto, "taker", subscriptions=["t/#"])
    await taker.connected()
    assert await taker.publish("t/x", b"x") is Outcome.ACCEPTED
    first = await arrives(taker)
    mosquitto.stop()
    await taker.disconnected()
    taker.acknowledge(first)
    mosquitto.start()
    await taker.connected()
    taker.acknowledge(first)
    second = await arrives(taker)
    assert (second.payload, second.connection > first.connection) == (b"x", True)


async def test_kill_and_restart_on_the_same_port(mosquitto: Broker, connect: Connect) -> None:
    taker = connect(mosquitto, "taker", subscriptions=["t/#"])
    giver = connect(mosquitto, "giver")
    await taker.connected()
    await giver.connected()
    mosquitto.kill()
    await taker.disconnected()
    await giver.disconnected()
    assert await giver.publish("t/x", b"lost") is Outcome.LOST
    mosquitto.start()
    assert await taker.connected() > 1
    await giver.connected()
    assert await giver.publish("t/x", b"new") is Outcome.ACCEPTED
    assert (await arrives(taker)).payload == b"new"  # and nothing was resent by paho


async def test_a_publish_in_flight_is_lost_with_the_connection(
    mosquitto: Broker, connect: Connect
) -> None:
    giver = connect(mosquitto, "giver")
    await giver.connected()
    mosquitto.freeze()
    async with asyncio.TaskGroup() as group:
        inflight = [group.create_task(giver.publish("t/x", b"x")) for _ in range(1500)]
        await asyncio.sleep(0.02)
        mosquitto.kill()
    assert {task.result() for task in inflight} == {Outcome.LOST}


async def test_a_queue_of_thousands_survives_a_stop(mosquitto: Broker, connect: Connect) -> None:
    async with running(Session(options(mosquitto, "taker"), subscriptions=["t/#"])):
        pass
    giver = connect(mosquitto, "giver")
    await giver.connected()
    assert set(await publish_all(giver, 3000)) == {Outcome.ACCEPTED}
    mosquitto.stop()
    mosquitto.start()
    taker = connect(mosquitto, "taker", subscriptions=["t/#"])
    for n in range(3000):
        got = await arrives(taker)
        assert got.payload == str(n).encode()
        taker.acknowledge(got)


async def test_a_frozen_broker_is_noticed(mosquitto: Broker, connect: Connect) -> None:
    session = connect(mosquitto, "gw", keepalive_s=1)  # with 7: within 15 s
    await session.connected()
    mosquitto.freeze()
    async with asyncio.timeout(PATIENCE_S):
        await session.disconnected()
    mosquitto.thaw()
    assert await session.connected() > 1


async def test_silence_is_not_loss(each_broker: Broker, connect: Connect) -> None:
    session = connect(each_broker, "gw", keepalive_s=2)
    await session.connected()
    await asyncio.sleep(3.5)  # longer than the broker waits for a ping of ours
    assert session.connection == 1


async def test_pressure_stops_the_reading_and_loses_nothing(
    mosquitto: Broker, connect: Connect
) -> None:
    taker = connect(
        mosquitto, "slow", subscriptions=["t/#"], inbox_size=10, keepalive_s=2, receive_maximum=1000
    )
    giver = connect(mosquitto, "giver")
    await taker.connected()
    await giver.connected()
    await publish_all(giver, 200)
    await asyncio.sleep(3.5)  # longer than the broker waits for a ping of ours
    assert taker.connection == 1
    assert len(taker._inbox) <= 11
    for n in range(200):
        got = await arrives(taker)
        assert got.payload == str(n).encode()
        taker.acknowledge(got)
    assert taker.connection == 1


async def test_the_will_tells_the_number_of_the_connection(
    mosquitto: Broker, connect: Connect
) -> None:
    watcher = connect(mosquitto, "watcher", subscriptions=["t/#"])
    await watcher.connected()
    will = lambda number: Will("t/status", f"offline {number}".encode())  # noqa: E731 - short
    async with running(Session(options(mosquitto, "gw"), will=will)):
        pass
    got = await arrives(watcher)
    assert (got.topic, got.payload) == ("t/status", b"offline 1")


async def test_a_clean_farewell_drops_the_will(each_broker: Broker, connect: Connect) -> None:
    watcher = connect(each_broker, "watcher", subscriptions=["t/#"])
    await watcher.connected()
    will = lambda _: Will("t/status", b"offline")  # noqa: E731 - short
    gateway = Session(options(each_broker, "gw"), will=will, farewell=Farewell.CLEAN)
    async with running(gateway):
        pass
    await watcher.publish("t/after", b"after")
    assert (await arrives(watcher)).topic == "t/after"


async def test_a_kill_publishes_the_will(each_broker: Broker, connect: Connect) -> None:
    watcher = connect(each_broker, "watcher", subscriptions=["t/#"])
    await watcher.connected()
    gateway = Session(
        options(each_broker, "gw"), will=lambda _: Will("t/status", b"offline", retain=True)
    )
    async with running(gateway):
        assert gateway._attempt is not None
        gateway._attempt.close()  # the socket goes without a DISCONNECT, as by kill -9
        assert (await arrives(watcher)).payload == b"offline"


async def test_cancel_leaves_no_thread_and_no_socket(broker: Broker) -> None:
    threads, files = set(threading.enumerate()), open_files()
    session = Session(options(broker, "gw"))
    async with running(session):
        pass
    assert not session.is_connected
    await session.disconnected()
    for thread in set(threading.enumerate()) - threads:
        thread.join(PATIENCE_S)  # the one that connected is at its last line
        assert not thread.is_alive()
    assert len(open_files()) <= len(files)


async def test_cancel_while_connecting_does_not_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        session = Session(Options(host="127.0.0.1", port=port, client_id="gw", tls=False))
        # connecting itself takes five seconds when nobody answers
        async with asyncio.timeout(4), asyncio.TaskGroup() as group:
            task = group.create_task(session.run())
            await until(lambda: session.connection == 1)
            task.cancel()


async def test_nobody_listens_is_logged_and_tried_again(
    broker: Broker, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    broker.stop()
    session = connect(broker, "gw")
    await until(lambda: session.connection >= 2)
    assert f"{broker.host}:{broker.port}" in caplog.text
    broker.start()
    assert await session.connected() >= 2
