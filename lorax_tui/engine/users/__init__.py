"""The users of a run: what they ask, how long they think, how they come and go.

counted.py   a way to the recorder, tasks from a deck, a clean end
base.py      a client, a start that does not give up
http.py      a session over HTTP              HttpUser      LoraxHttpUser
socket.py    a connection and a loaded file   SocketUser    LoraxSocketUser
mixed.py                                                    LoraxMixedUser
load.py      looking at trees                 ViewerUser    LoraxLoadUser
upload.py                                                   LoraxUploadUser
"""

from lorax_tui.engine.users.base import LoraxUser
from lorax_tui.engine.users.http import HttpUser, LoraxHttpUser
from lorax_tui.engine.users.load import LoraxLoadUser, ViewerUser
from lorax_tui.engine.users.mixed import LoraxMixedUser
from lorax_tui.engine.users.socket import LoraxSocketUser, SocketUser
from lorax_tui.engine.users.upload import LoraxUploadUser

SHIPPED = (LoraxHttpUser, LoraxSocketUser, LoraxMixedUser, LoraxLoadUser, LoraxUploadUser)
"""The user classes that every scenario can name."""

__all__ = [
    "SHIPPED",
    "HttpUser",
    "LoraxHttpUser",
    "LoraxLoadUser",
    "LoraxMixedUser",
    "LoraxSocketUser",
    "LoraxUploadUser",
    "LoraxUser",
    "SocketUser",
    "ViewerUser",
]
