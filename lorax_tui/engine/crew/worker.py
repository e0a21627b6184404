"""A worker's process: `python -m lorax_tui.engine.crew.worker --master-host H --master-port P`.

Patches the standard library for gevent before anything else is imported, so that users that block, as Locust's
HttpUser, let the others run. Writes to its standard output and error alone, which are a log.

    hello ─► welcome ─► the time ─► ready ─► begin, phase, users ... stop ─► begin ...
"""

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import ctypes  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from time import monotonic  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402

from lorax_tui.engine.beat import Beat  # noqa: E402
from lorax_tui.engine.classes import UserClasses, user_classes  # noqa: E402
from lorax_tui.engine.context import Context  # noqa: E402
from lorax_tui.engine.crew import messages as say  # noqa: E402
from lorax_tui.engine.crew.door import hash_of, own_hello  # noqa: E402
from lorax_tui.engine.crew.member import CrewMember  # noqa: E402
from lorax_tui.engine.crew.saying import Discreet, PlainLines, Sparing, complain  # noqa: E402
from lorax_tui.engine.home import STOP_TIMEOUT_S, Home, set_aside  # noqa: E402
from lorax_tui.errors import ExitCode, LoraxTuiError  # noqa: E402
from lorax_tui.model.merging import joined  # noqa: E402
from lorax_tui.model.records import Interval  # noqa: E402
from lorax_tui.model.scenario import Target  # noqa: E402

HELLO_AGAIN_S = 1.0
READINGS = 8
"""Round trips by which the time is told before a worker takes part."""
READING_LIMIT_S = 0.5
NO_RUN = -1

_PR_SET_PDEATHSIG = 1

log = logging.getLogger("worker")


class Worker:
    """Does what the engine says."""

    def __init__(self, host: str, port: int, classes: UserClasses, file_hash: str, stays: bool) -> None:
        self._hello = own_hello(file_hash, classes, socket.gethostname(), os.getpid())
        self._stays = stays
        """Whether it waits for the engine to come back when it has gone."""
        self._context = Context(Target())
        self._home = Home(self._context, list(classes.values()))
        self._is_welcome = Event()
        self._over = Event()
        self._code = 0
        self._run = NO_RUN
        self._is_running = False
        self._is_leaving = False
        self._backlog: Interval | None = None
        """What could not be told."""
        self._member = CrewMember(self._home.environment, host, port, self._hear)
        self._home.environment.runner = self._member
        self._beat = Beat(self._context, self._member, self._tell, self._fail)

    def run(self) -> int:
        """Take part until the engine, or somebody else, says that it is over; returns the exit code."""
        self._say_hello()
        self._over.wait()
        self._member.take_leave()
        return self._code

    def leave(self, number: int) -> None:
        """End as a signal says, and let the users finish what they are at."""
        self._code, self._is_leaving = ExitCode.SIGNAL + number, True
        self._member.send(say.Leaving())
        gevent.spawn(self._stop, STOP_TIMEOUT_S).link(lambda _: self._over.set())

    def _say_hello(self) -> None:
        self._is_welcome.clear()
        gevent.spawn(self._come_in)

    def _come_in(self) -> None:
        while not self._is_welcome.is_set():
            self._member.send(self._hello)
            self._is_welcome.wait(HELLO_AGAIN_S)
        for _ in range(READINGS):
            seen, until_s = self._member.clock.heard_in_all, monotonic() + READING_LIMIT_S
            self._member.say_alive()
            while self._member.clock.heard_in_all == seen and monotonic() < until_s:
                gevent.sleep(0.002)
        self._member.say_alive()
        self._member.send(say.Ready())

    def _hear(self, message: say.ToWorker) -> None:
        match message:
            case say.Who():
                if self._is_welcome.is_set() and not self._is_leaving:
                    self._say_hello()
            case say.Welcome():
                if not self._is_welcome.is_set():  # each hello that waited for the engine to come is answered
                    log.info("welcome as %s", message.name)
                self._is_welcome.set()
            case say.Refused():
                log.error("the engine refuses this worker: %s", message.reason)
                self._code = ExitCode.TARGET
                self._over.set()
            case say.Begin():
                self._begin(message)
            case say.Phase():
                self._change(message)
            case say.Settle():
                self._beat.settle(monotonic() - self._began_s)
            case say.Deal():
                self._context.pacer.deal(message.share, message.from_s)
            case say.Users():
                if self._is_running:
                    self._member.place(message)
            case say.Stop():
                gevent.spawn(self._stop, message.timeout_s)
            case say.Quit():
                gevent.spawn(self._quit)

    def _begin(self, order: say.Begin) -> None:
        """A run begins; one that goes on goes on, whoever was away meanwhile."""
        if self._is_running:
            if order.run == self._run and not order.is_new:
                return
            self._abandon()
        set_aside()
        best = self._member.clock.best
        self._began_s = order.began_s + (0.0 if best is None else best.ahead_s)
        self._run, self._is_running, self._backlog = order.run, True, None
        context = self._context
        context.target, context.answers_ping, context.data_file = order.target, order.answers_ping, order.data_file
        self._home.environment.host = order.target.host
        self._home.begin(self._began_s)
        self._beat.begin(self._began_s)

    def _abandon(self) -> None:
        """The engine knows nothing of the run that goes on here: end it, and tell nobody."""
        self._home.stop(0.0)
        self._is_running, self._run = False, NO_RUN
        self._beat.end()

    def _change(self, order: say.Phase) -> None:
        self._beat.change(order.start, order.share, order.share_from_s)
        if order.settled_s is not None:
            self._beat.settle(monotonic() - self._began_s)
        self._member.send(say.Acked(order.change))

    def _stop(self, timeout_s: float) -> None:
        if not self._is_running:
            return
        self._home.stop(timeout_s)
        self._is_running = False
        self._beat.end()
        self._member.send(say.Stopped(self._run, self._context.files_left))

    def _quit(self) -> None:
        self._stop(STOP_TIMEOUT_S)
        if self._stays:
            log.info("the engine has ended: waiting for it to come back")
        else:
            self._over.set()

    def _tell(self, part: Interval) -> None:
        """Tell of about a second; while nobody listens, keep it."""
        part = part if self._backlog is None else joined(self._backlog, part)
        if self._run == NO_RUN:
            self._backlog = None
        elif self._member.is_deaf:
            self._backlog = part
        else:
            self._backlog = None
            self._member.send(say.Part(self._run, part))

    def _fail(self, error: BaseException) -> None:
        log.error("this worker cannot measure any more", exc_info=error)
        self._code = ExitCode.UNEXPECTED
        self._over.set()


def main(arguments: list[str]) -> int:
    """Run a worker; returns the exit code."""
    parser = argparse.ArgumentParser(prog="lorax-tui worker", description=__doc__)
    parser.add_argument("--master-host", required=True)
    parser.add_argument("--master-port", type=int, required=True)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--parent", type=int, help="a process to end with")
    options = parser.parse_args(arguments)
    if options.parent is not None and not _tie_to(options.parent):
        return 0
    for name in ("stdout", "stderr"):
        if (stream := getattr(sys, name)) is not None:
            setattr(sys, name, Discreet(stream))
    handler = logging.StreamHandler()
    handler.addFilter(Sparing())
    handler.setFormatter(PlainLines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("locust.runners").setLevel(logging.WARNING)
    try:
        classes = user_classes(options.file, in_workers=True)
        file_hash = hash_of(options.file)
        worker = Worker(options.master_host, options.master_port, classes, file_hash, options.parent is None)
    except LoraxTuiError as error:
        complain(error)
        return error.exit_code
    hung_up = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)  # as nohup has it
    for number in (signal.SIGINT, signal.SIGTERM, *hung_up):
        gevent.signal_handler(number, worker.leave, number)
    return worker.run()


def _tie_to(parent_pid: int) -> bool:
    """Have the kernel end this process with its parent; whether the parent is still there."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent_pid


if __name__ == "__main__":
    code = main(sys.argv[1:])
    logging.shutdown()
    for said in (sys.stdout, sys.stderr):
        if isinstance(said, Discreet):
            said.end()
    os._exit(code)  # all that matters has ended, and taking an interpreter down takes long where somebody waits
