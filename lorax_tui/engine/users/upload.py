"""A user that brings a file of its own. Nothing that it uploads is ever deleted by the target."""

from __future__ import annotations

from typing import Any

from locust import between, task

from lorax_tui.engine.users.load import ViewerUser

FILE_NAME = "lorax-tui.csv"
"""The same for every upload, so that a session leaves one file behind and not one for each upload."""

FILE = b"""genomic_positions,newick
0,"((a:1,b:1):1,(c:1,d:1):1);"
1000,"((a:1,c:1):1,(b:1,d:1):1);"
2000,"((a:1,d:1):1,(b:1,c:1):1);"
3000,"(((a:1,b:1):1,c:2):1,d:3);"
"""


class LoraxUploadUser(ViewerUser):
    """Uploads a small file, loads it and looks at it; to be asked for by name, because its files stay."""

    wait_time = between(5, 10)

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._uploaded_for = ""

    def data_file(self) -> tuple[str, str] | None:
        """The file that it has uploaded."""
        return "Uploads", FILE_NAME

    def upload(self) -> None:
        """Upload the file, in place of the one that was uploaded before."""
        files = {"file": (FILE_NAME, FILE, "text/csv")}
        if self.ask_json("POST", "/upload", expect="filename", files=files) is None:
            return
        if self._uploaded_for != self.sid:
            self._uploaded_for = self.sid
            self.lorax.files_left += 1

    @task(2)
    def ask_upload(self) -> None:
        """POST /upload."""
        self.upload()

    @task(2)
    def ask_load_file(self) -> None:
        """The `load_file` event."""
        self.load_file()

    @task(4)
    def ask_layout(self) -> None:
        """The `process_postorder_layout` event."""
        self.look()

    @task(1)
    def ask_search(self) -> None:
        """The `search_nodes` event."""
        self.search()

    def _load(self) -> None:
        if self._uploaded_for != self.sid:
            self.upload()
        if self._uploaded_for == self.sid:
            super()._load()
