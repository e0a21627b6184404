"""Socket.IO as the load speaks it: python-socketio on gevent sockets, every ask with exactly one outcome.

    transport.py   Engine.IO over a websocket on greenlets, nothing blocking, nothing left behind
    polling.py     the same by long polling, over the load's own HTTP client
    client.py      Socket.IO over either
    exchange.py    which answer belongs to which ask
    answers.py     which answer is a right one
    socket.py      one connection of one user: connect, ask, close
    requests.py    what a Lorax backend can be asked

The package knows nothing of users, scenarios or the run.
"""

from lorax_tui.engine.sockets.socket import LoraxSocket

__all__ = ["LoraxSocket"]
