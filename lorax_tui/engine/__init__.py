"""The floor that makes load: the only importer of locust, gevent and socketio.

Locust patches the standard library for gevent when it is imported, unless told not to; patched, the screen and the
load would share one thread. So the variable is set here, before anything below can import locust, and locust is
imported in the main thread (its statistics module takes SIGWINCH, which only the main thread may).
"""

import os

os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"

THREAD = "engine"
"""Name of the engine's thread."""
