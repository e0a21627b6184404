"""The command palette's provider: what the stock one does, without reading any name as markup."""

from __future__ import annotations

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content


class PlainCommands(Provider):
    """Offers what the app names as its system commands, in the app's order."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for title, about, action, _ in self.app.get_system_commands(self.screen):
            yield DiscoveryHit(Content(title), action, text=title, help=about)

    async def search(self, query: str) -> Hits:
        """Those that fit what is typed."""
        matcher = self.matcher(query)
        for title, about, action, _ in self.app.get_system_commands(self.screen):
            if (score := matcher.match(title)) > 0:
                yield Hit(score, Content(title), action, text=title, help=about)
