"""A small server of the tests in a process of its own, `python -m MODULE`: its first line of output is its port, and it
ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

END_LIMIT_S = 10.0


@contextmanager
def served(module: str, *arguments: str) -> Iterator[str]:
    """The URL of the module's server; it ends with the block, or with this process."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait(END_LIMIT_S)
        process.stdout.close()


async def until_told(port: int) -> None:
    """In the process of the server: tell its port, and come back when it is to end."""
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def serve(connection: Callable[[], asyncio.Protocol]) -> None:
    """In the process of the server: be one, with such connections."""
    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0)
    await until_told(server.sockets[0].getsockname()[1])
    server.close()
