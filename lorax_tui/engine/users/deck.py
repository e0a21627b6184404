"""Which task comes next: cards from a shuffled deck instead of a throw of the dice.

With dice, a short run may never see a rare task, and two runs of one scenario differ in what they asked. From a deck,
every deal holds each task exactly as often as its weight says. Knows nothing of what the tasks do.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from locust.user.task import DefaultTaskSet

Card = TypeVar("Card")


class Deck(Generic[Card]):
    """Cards, dealt in random order; shuffled anew when the last is out."""

    def __init__(self, cards: Sequence[Card]) -> None:
        """
        Args:
            cards: each as often as its weight says.
        """
        self._cards = list(cards)
        kinds = list(dict.fromkeys(self._cards))
        rest = list(self._cards)
        for kind in kinds:
            rest.remove(kind)
        random.shuffle(kinds)
        random.shuffle(rest)
        self._left = (kinds + rest)[::-1]

    def deal(self) -> Card:
        """The next card; the first ones of all are one of each kind."""
        if not self._left:
            self._left = random.sample(self._cards, len(self._cards))
        return self._left.pop()


class DeckTaskSet(DefaultTaskSet):
    """Locust's loop of a user, with tasks from a deck."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self._deck = Deck(parent.tasks)

    def get_next_task(self) -> Any:
        """The next task of the user; Locust tells a user without tasks what to do."""
        return self._deck.deal() if self.user.tasks else super().get_next_task()

    def execute_next_task(self) -> None:
        """What the task asks is the scenario's load."""
        turnstile = self.user.turnstile
        turnstile.in_task = True
        try:
            super().execute_next_task()
        finally:
            turnstile.in_task = False

    def _sleep(self, seconds: float) -> None:
        self.user.turnstile.think(seconds)
