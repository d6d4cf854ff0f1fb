"""Runs a command under the system call filter, W^X and address families of a systemd unit.

`python under_unit.py UNIT COMMAND …`: what systemd would load into the kernel, without systemd as
process 1. Ends with 99 when libseccomp or systemd-analyze is missing.
"""

import ctypes
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MISSING = 99
_EPERM = 1
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | _EPERM
_EQUAL, _MASKED_EQUAL = 4, 7
_WRITE, _EXEC = 2, 4
_FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
# systemd.exec(5), MemoryDenyWriteExecute=: no memory is both writable and executable.
_NEVER_EXEC = {"mprotect": 2, "pkey_mprotect": 2}


class _Compare(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def settings(unit: Path, key: str) -> list[str]:
    """All values of a key, in order."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def allowed(unit: Path) -> set[str]:
    """The system calls that the unit's SystemCallFilter leaves."""
    found = set(_expand("@default"))
    for line in settings(unit, "SystemCallFilter"):
        named = {call for word in line.lstrip("~").split() for call in _expand(word)}
        found = found - named if line.startswith("~") else found | named
    return found


def _expand(word: str) -> Iterator[str]:
    if not word.startswith("@"):
        yield word
        return
    command = ["systemd-analyze", "syscall-filter", "--no-pager", word]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in said.splitlines()[1:]:
        inner = line.strip()
        if inner and not inner.startswith("#"):
            yield from _expand(inner)


def restrict(unit: Path) -> None:
    """This process, and what it becomes, can do no more than the unit allows."""
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(_REFUSE))
    families = " ".join(settings(unit, "RestrictAddressFamilies")).split()
    for call in sorted(allowed(unit)):
        number = library.seccomp_syscall_resolve_name(call.encode())
        for comparisons in _ways(call, families) if number >= 0 else ():
            made = (_Compare * len(comparisons))(*(_Compare(*one) for one in comparisons))
            library.seccomp_rule_add_array(context, _ALLOW, number, len(comparisons), made)
    if library.seccomp_load(context) != 0:
        raise OSError(ctypes.get_errno(), "the kernel takes no system call filter")


def _ways(call: str, families: list[str]) -> list[tuple[tuple[int, int, int, int], ...]]:
    """With which arguments a call is let through, each way for itself; () is any."""
    if call == "mmap":
        both = _WRITE | _EXEC
        return [((2, _MASKED_EQUAL, both, right),) for right in (0, _WRITE, _EXEC)]
    if call in _NEVER_EXEC:
        return [((_NEVER_EXEC[call], _MASKED_EQUAL, _EXEC, 0),)]
    if call == "socket":
        return [((0, _EQUAL, _FAMILIES[family], 0),) for family in families]
    return [()]


def main() -> None:
    unit, *command = sys.argv[1:]
    try:
        restrict(Path(unit))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(MISSING)
    os.execvp(command[0], command)  # noqa: S606 - it becomes the program, as under systemd


if __name__ == "__main__":
    main()
