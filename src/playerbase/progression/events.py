"""What saves tell the world."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class ProgressSaved(Event, frozen=True):
    """A slot stands at a new version, by a save or a merge; what is in it is for who may read it."""

    topic: ClassVar[str] = "progression.saved"
    player_id: UUID
    game: str
    slot: str
    version: int
    kind: str
    device: str

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it is: their other devices may load it."""
        return [of_player(self.player_id)]


class ProgressRestored(Event, frozen=True):
    """A slot holds again what it held at an earlier version, as a new one."""

    topic: ClassVar[str] = "progression.restored"
    player_id: UUID
    game: str
    slot: str
    version: int
    of_version: int
    by: str

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


class ProgressFlagged(Event, frozen=True):
    """A save broke rules of its game that let it pass and ask somebody to look."""

    topic: ClassVar[str] = "progression.flagged"
    player_id: UUID
    game: str
    slot: str
    version: int
    fields: list[str]

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Nobody but those who listen for all: whoever cheats need not know."""
        return []


EVENTS = (ProgressSaved, ProgressRestored, ProgressFlagged)
