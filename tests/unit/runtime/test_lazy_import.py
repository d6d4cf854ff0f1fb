"""A module waits for its first use, and others find it as ever."""

import json
import subprocess
import sys

_PLAY = """
import json, sys
from runtime.lazy_import import lazily
steps = []
def step():
    steps.append("wsgiref.util" in sys.modules)
with lazily("wsgiref.util"):
    import wsgiref.util as first
step()
there = hasattr(first, "FileWrapper") and not hasattr(first, "no_such_thing")
step()
import wsgiref.util
same = wsgiref.util.FileWrapper is first.FileWrapper
with lazily("wsgiref.util"):
    import wsgiref.util as third
print(json.dumps([steps, there, same, third is wsgiref.util]))
"""


def test_it_is_loaded_when_something_of_it_is_wanted() -> None:
    ran = subprocess.run([sys.executable, "-c", _PLAY], capture_output=True, text=True, check=True)
    steps, there, same, again = json.loads(ran.stdout)
    assert steps == [False, True]
    assert there
    assert same
    assert again


_WITHOUT = """
import json, sys
from runtime.lazy_import import without
found = []
with without("wsgiref.util"):
    try:
        import wsgiref.util
    except ImportError:
        found.append("none")
import wsgiref.util
with without("wsgiref.util"):
    import wsgiref.util
found.append(wsgiref.util.FileWrapper.__name__)
print(json.dumps(found))
"""


def test_it_is_as_if_python_had_none_until_the_block_ends() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _WITHOUT], capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == ["none", "FileWrapper"]
