"""The installed program as people start it: in a process of its own, with folders of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.waiting import wait_until

PROGRAM = Path(sys.executable).with_name("lorax-tui")
LIMIT_S = 90.0


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program that has ended leaves behind."""

    code: int
    out: str
    err: str

    @property
    def folder(self) -> Path:
        """The run's folder, which is what the program says last."""
        last = self.out.splitlines()[-1]
        assert last.startswith("run: "), self.out
        return Path(last.removeprefix("run: "))

    @property
    def summary(self) -> dict[str, Any]:
        return read_summary(self.folder)


class Program:
    """One that runs; what it says is collected while it does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._out: list[str] = []
        self._err: list[str] = []
        self._readers = [
            threading.Thread(target=_collect, args=(stream, lines), daemon=True)
            for stream, lines in ((process.stdout, self._out), (process.stderr, self._err))
            if stream is not None
        ]
        for reader in self._readers:
            reader.start()

    def wait_for(self, text: str, deadline_s: float = 30.0) -> None:
        """Until the program has said this, on either stream; what it said instead is in the error."""

        def is_over() -> bool:
            return text in self._said() or self._process.poll() is not None

        try:
            wait_until(is_over, "it says or ends", deadline_s)
        finally:
            said = self._said()
            assert text in said, f"{text!r} was not said (code {self._process.returncode}) but:\n{said}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self, deadline_s: float = LIMIT_S) -> Ended:
        """What it left, when it has ended by itself."""
        code = self._process.wait(deadline_s)
        for reader in self._readers:
            reader.join(5)
        return Ended(code, "".join(self._out), "".join(self._err))

    def _said(self) -> str:
        return "".join(self._out + self._err)


def _collect(stream: IO[str], lines: list[str]) -> None:
    for line in stream:
        lines.append(line)


class Launcher:
    """Starts programs whose state, configuration and runs are below one folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def environment(self) -> dict[str, str]:
        # Nor the size of a terminal that was somebody else's: it would be believed before that of its own.
        others = ("LORAX_", "COV_", "XDG_S", "COLUMNS", "LINES")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        own = {"XDG_STATE_HOME": str(self.home / "state"), "XDG_CONFIG_HOME": str(self.home / "config")}
        return kept | own | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}

    @contextmanager
    def started(self, *arguments: object, **options: Any) -> Iterator[Program]:
        """A program that runs; it is gone after the block."""
        process = subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            **({"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options),
            text=True,
            cwd=self.home,
            env=self.environment,
        )
        try:
            yield Program(process)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def run(self, *arguments: object, deadline_s: float = LIMIT_S) -> Ended:
        """Start a program and wait until it has ended."""
        with self.started(*arguments) as program:
            return program.end(deadline_s)


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a run."""
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return summary


def records(folder: Path) -> list[dict[str, Any]]:
    """The records of a run, as they are in the file."""
    return [json.loads(line) for line in (folder / "run.jsonl").read_text().splitlines()]


def operations(part: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The operations of a summary or of one of its phases, by protocol and name."""
    return {f"{row['protocol']} {row['name']}": row for row in part["operations"]}


def assert_passed(code: int, summary: dict[str, Any]) -> None:
    """It ended well; on a machine that others keep busy, well but for the generator's own doubt in itself."""
    expected = {(0, "passed")} | ({(7, "inconclusive")} if summary["generator"]["bound"] else set())
    assert (code, summary["verdict"]) in expected
    assert all(rule["passed"] for phase in summary["phases"] for rule in phase["thresholds"])
