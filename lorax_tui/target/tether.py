"""Runs a program that dies with the one who started it, even if that one is killed without a word.

    python -I -S tether.py PARENT_PID PROGRAM [ARGUMENT]...

A program of its own rather than a hook between fork and exec: such a hook runs Python in the copy of a process whose
other threads are gone, and may hang there. Knows nothing of the rest of the package and imports nothing of it.

The kernel watches the *thread* that started this program: that must be one that lives as long as its process, which
is the main thread.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent_pid: int, command: list[str]) -> None:
    """Become the command, or end at once where the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent_pid:
            return
    os.execv(command[0], command)  # noqa: S606  (a shell is what it must not be)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
