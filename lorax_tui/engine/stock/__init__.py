"""User classes of Locust's own kinds, `HttpUser` and `FastHttpUser`, counted as those of this program are.

    user.py       such a class, with what the engine needs of a user
    session.py    its client: one ask for each request, to the target alone
    judged.py     its answers: every ask ends in one outcome, whatever becomes of the with-block
    failures.py   what went wrong, in one word and one sentence

Its requests block; that is no harm where the standard library is patched, as in a worker.
"""

from lorax_tui.engine.stock.user import KINDS, adopted

__all__ = ["KINDS", "adopted"]
