"""What the dashboard does to the latencies that it shows: the same users without any screen and with it, in turn.

    python -m tests.benchmarks.fidelity [rounds] [seconds]

The real program runs each time, once with `--headless` and once in a terminal of 120 x 40 cells that is read as fast
as it writes. Prints the latencies of both and their differences, pair by pair. Not a test: it asserts nothing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

import pexpect

from tests.benchmarks.fast_server import fast_server

_USERS_FILE = """
from lorax_tui.users import LoraxUser, constant, poisson, task

class Paced(LoraxUser):
    wait_time = poisson(5)

    @task
    def health(self):
        self.client.get("/health")

class Saturating(Paced):
    wait_time = constant(0)
"""

LOADS = {"500 req/s": ("Paced", 100), "saturation": ("Saturating", 20)}
FIGURES = ("rps", "p50_ms", "p95_ms", "p99_ms")


def measure(folder: Path, host: str, load: str, seconds: int, screen: bool) -> dict[str, float]:
    """The figures of one run of the program."""
    user_class, users = LOADS[load]
    scenarios = folder / "scenarios.toml"
    scenarios.write_text(
        f'[scenarios.fidelity]\nusers = {users}\nspawn_rate = 100\nduration = "{seconds}s"\n'
        f"mix = {{ {user_class} = 1 }}\n"
    )
    (folder / "own.py").write_text(_USERS_FILE)
    runs = Path(tempfile.mkdtemp(dir=folder))
    command = ["-m", "lorax_tui", "run", "fidelity", "--host", host, "--config", str(scenarios)]
    command += ["-f", str(folder / "own.py"), "--runs-dir", str(runs)]
    command += [] if screen else ["--headless"]
    environment = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(folder)}
    child = pexpect.spawn(sys.executable, command, dimensions=(40, 120), env=environment, timeout=seconds + 60)
    try:
        if screen:
            child.expect(["INCONCLUSIVE", "PASSED", "FAILED"])
            child.send("q")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    summary = json.loads(next(runs.glob("*/summary.json")).read_text())
    protocol = summary["phases"][0]["protocols"]["HTTP"]
    return {figure: protocol[figure] for figure in FIGURES}


def main(rounds: int, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, fast_server() as host:
        for load in LOADS:
            pairs = [
                tuple(measure(Path(folder), host, load, seconds, screen) for screen in (False, True))
                for _ in range(rounds)
            ]
            print(f"{load}: {rounds} pairs of {seconds} s")
            for figure in FIGURES:
                plain, drawn = (median(pair[side][figure] for pair in pairs) for side in (0, 1))
                spread = [pair[1][figure] - pair[0][figure] for pair in pairs]
                print(
                    f"  {figure:7} headless {plain:9.2f}  dashboard {drawn:9.2f}  ratio {drawn / plain:5.2f}"
                    f"  difference {min(spread):+.2f} .. {max(spread):+.2f}"
                )


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] + ["3", "15"][len(sys.argv) - 1 :])))
