"""A user that does what the backend is for: it looks at trees."""

from __future__ import annotations

from locust import between, task

from lorax_tui.engine.sockets import requests
from lorax_tui.engine.users.socket import SocketUser


class ViewerUser(SocketUser):
    """A user that knows how to look at the file it has loaded, and has no tasks yet."""

    abstract = True

    file_required = True
    needs_warm_up = True

    def look(self) -> None:
        """Have some neighbouring trees drawn."""
        connection = self.connection()
        if self.data_set is None:
            self.ping()
        else:
            requests.layout(connection, self.data_set.window())

    def trace(self) -> None:
        """Ask for the ancestors of a sample; search for it, where the file holds no lineage."""
        connection = self.connection()
        if self.data_set is not None and self.data_set.has_lineage:
            requests.ancestors(connection, self.data_set.window()[0], self.data_set.sample())
        else:
            self.search()

    def search(self) -> None:
        """Search for a sample in some trees."""
        connection = self.connection()
        if self.data_set is None:
            self.ping()
        else:
            requests.search_nodes(connection, [self.data_set.sample_name()], self.data_set.window())


class LoraxLoadUser(ViewerUser):
    """A person looking at trees: loads a file, looks at windows of it, follows lines of descent, searches."""

    wait_time = between(2, 5)

    @task(1)
    def ask_load_file(self) -> None:
        """The `load_file` event."""
        self.load_file()

    @task(6)
    def ask_layout(self) -> None:
        """The `process_postorder_layout` event."""
        self.look()

    @task(2)
    def ask_ancestors(self) -> None:
        """The `get_ancestors_event` event."""
        self.trace()

    @task(1)
    def ask_search(self) -> None:
        """The `search_nodes` event."""
        self.search()
