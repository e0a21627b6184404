"""Every way this program can fail on purpose, and the exit code each one means.

    LoraxTuiError                1  unexpected failure
    ├── UsageError               2  the command line asks for something that cannot be
    │   └── ConfigError          2  scenarios.toml is refused: file, key, value, nearest valid
    ├── TargetError              3  the target cannot be reached or is not a Lorax backend
    └── RunError                 2  a recorded run cannot be found, read or written

A failing *target* during a run is data, never one of these.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told. 128 + n: ended by signal n."""

    PASSED = 0
    UNEXPECTED = 1
    USAGE = 2
    TARGET = 3
    THRESHOLDS = 4
    REGRESSION = 5
    GUARD = 6
    INCONCLUSIVE = 7
    SIGNAL = 128


class LoraxTuiError(Exception):
    """Base of all: one clear line for the person at the terminal."""

    exit_code = ExitCode.UNEXPECTED


class UsageError(LoraxTuiError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """scenarios.toml is refused, whole."""


class RunError(LoraxTuiError):
    """A recorded run cannot be found, read or written."""

    exit_code = ExitCode.USAGE


class TargetError(LoraxTuiError):
    """The target cannot be reached, or is not a Lorax backend."""

    exit_code = ExitCode.TARGET
