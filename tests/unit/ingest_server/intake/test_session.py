"""The session that intake asks for is the one of runtime, and the tests' double is one too."""

from ingest_server.intake.session import Session
from runtime.mqtt import Options
from runtime.mqtt import Session as MqttSession
from tests.quiet_session import QuietSession


async def test_both_are_sessions() -> None:
    options = Options(host="127.0.0.1", port=1883, client_id="x", tls=False)
    sessions: list[Session] = [MqttSession(options), QuietSession()]
    assert not any(session.is_connected for session in sessions)
