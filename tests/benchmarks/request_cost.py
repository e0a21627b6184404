"""What one HTTP request costs the generator in CPU: the users here, Locust's, and `wrk` as the yardstick.

    python -m tests.benchmarks.request_cost [rounds]

The tasks are those of `LoraxHttpUser`, with the same look at every answer: a status of 200, JSON, an object, no
`error` in it, the expected key. Each measurement is a process of its own, in turn, against a bare-bones server. `wrk`
asks for `/health` alone, and looks at nothing. Not a test: it asserts nothing.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys

from tests.benchmarks.fast_server import fast_server
from tests.benchmarks.measured import Cost, measured, table

USERS = 20
WRK_S = 4


def ours(host: str) -> Cost:
    """`LoraxHttpUser` as it is, but without thinking in between."""
    import lorax_tui.engine  # noqa: F401  (before locust, which would patch the standard library)
    from lorax_tui.users import LoraxHttpUser, constant
    from tests.benchmarks.engine_load import cost_of

    return cost_of(type("Hasty", (LoraxHttpUser,), {"wait_time": constant(0)}), host, USERS)


def stock(base: str, host: str) -> Cost:
    """The same tasks on one of Locust's own users."""
    from tests.benchmarks.stock_load import cost_of, locust

    class Same(getattr(locust, base)):
        wait_time = locust.constant(0)

        def ask(self, method: str, path: str, expected: str) -> None:
            with self.client.request(method, path, catch_response=True) as response:
                if response.status_code != 200:
                    response.failure(f"HTTP {response.status_code}")
                    return
                content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if content_type != "application/json":
                    response.failure(f"not JSON but {content_type}")
                    return
                try:
                    answer = response.json()
                except ValueError:
                    response.failure("the body is no JSON")
                    return
                if not isinstance(answer, dict):
                    response.failure("the answer is no JSON object")
                elif "error" in answer:
                    response.failure(str(answer["error"]))
                elif expected not in answer:
                    response.failure(f"no {expected!r} in the answer")

        @locust.task(10)
        def health(self) -> None:
            self.ask("GET", "/health", "ok")

        @locust.task(5)
        def projects(self) -> None:
            self.ask("GET", "/projects", "projects")

        @locust.task(3)
        def memory_status(self) -> None:
            self.ask("GET", "/memory_status", "rss_MB")

        @locust.task(1)
        def init_session(self) -> None:
            self.ask("POST", "/init-session", "sid")

    return cost_of(Same, host, USERS, ["GET", "POST"])


def wrk(host: str) -> Cost:
    """One thread of the fastest client there is."""
    command = ["wrk", "-t1", f"-c{USERS}", f"-d{WRK_S}s", f"{host}/health"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = re.search(r"(\d+) requests in ([\d.]+)s", told)
    assert found is not None, told
    count = int(found[1])
    return Cost((used.ru_utime + used.ru_stime) / count * 1e6, count / float(found[2]))


def main(rounds: int) -> None:
    names = ["FastHttpUser", "LoraxHttpUser", "HttpUser", *(["wrk"] if shutil.which("wrk") else [])]
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    with fast_server() as host:
        for _ in range(rounds):
            for name in names:
                costs[name].append(measured(__spec__.name, name, host))
    table(costs, "requests")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["LoraxHttpUser", host]:
            ours(host).tell()
        case ["wrk", host]:
            wrk(host).tell()
        case [base, host]:
            stock(base, host).tell()
        case arguments:
            main(*map(int, arguments or ["3"]))
