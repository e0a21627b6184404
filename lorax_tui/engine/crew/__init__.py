"""Users in other processes: the engine's side of a crew of workers, and the workers themselves.

messages.py    what both sides say
door.py        who may come in
clock.py       how far a worker's clock is ahead of the run's
seat.py        what the engine knows of one worker, and of all
runner.py      Locust's master: the wire, and the way from any users to any others
orders.py      what all of them are told of the load
gathering.py   the parts of all workers, second by second
abode.py       the crew as a place where users live
muster.py      who came of those that a run wants
processes.py   workers that are started on this machine
member.py      Locust's worker: the wire, from the other end
worker.py      a worker's process
command.py     how to start one
"""
