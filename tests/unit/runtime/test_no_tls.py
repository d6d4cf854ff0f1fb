"""Without the module ssl a plain link reads and finds nothing there, as with it."""

import json
import subprocess
import sys

_PLAY = """
import json, socket, sys
from runtime.lazy_import import without
with without("ssl"):
    from runtime.mqtt_link import paho
ours, theirs = socket.socketpair()
ours.setblocking(False)
client = paho.Client(paho.CallbackAPIVersion.VERSION2)
client._sock = ours
said = []
for act in (lambda: client._sock_recv(1), lambda: client._sock_send(b"x" * 10_000_000)):
    try:
        while True:
            act()
    except BlockingIOError:
        said.append("ssl" in sys.modules)
client._sock = None
said.append(paho.ssl.SSLContext.__name__)
print(json.dumps(said))
"""


def test_paho_knows_that_nothing_is_there() -> None:
    ran = subprocess.run([sys.executable, "-c", _PLAY], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [False, False, "SSLContext"]
