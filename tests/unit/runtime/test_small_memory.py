"""A start collects no garbage; afterwards what it made is out of the collector's way."""

import json
import subprocess
import sys

_PLAY = """
import gc, json
from runtime import small_memory
small_memory.begin()
started = gc.isenabled()
small_memory.give_back()
print(json.dumps([started, gc.isenabled(), gc.get_freeze_count() > 1000]))
"""


def test_begin_and_give_back() -> None:
    ran = subprocess.run([sys.executable, "-c", _PLAY], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [False, True, True]
