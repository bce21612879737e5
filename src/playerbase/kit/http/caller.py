"""Who is calling, and what a route demands of them."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from playerbase.kit.errors import Denied, Unauthenticated


class Caller(msgspec.Struct, frozen=True):
    """Who is calling. ``subject`` names them for limits, keys and cursors; an anonymous one is their address."""

    kind: str  # anonymous, player, server
    subject: str
    player_id: UUID | None = None
    session_id: UUID | None = None
    key_id: str | None = None
    game: str | None = None
    scopes: frozenset[str] = frozenset()  # What a server's key may do.
    permissions: frozenset[str] = frozenset()  # What a member of staff may do.
    by_cookie: bool = False
    withheld: type[Denied] | None = None  # Why permissions this player does hold do not count at the moment.
    actor_id: UUID | None = None  # Who is really there: a member of staff who sees the portal as this player.

    @property
    def is_staff(self) -> bool:
        """Whether this player also works here."""
        return bool(self.permissions)


class Borrowed(msgspec.Struct, frozen=True):
    """What a page says while a member of staff sees it as a player: whose it is, why they look, and until when."""

    player_id: UUID
    name: str
    reason: str
    ends_at: datetime


class NotSignedIn(Unauthenticated):
    """Sign in, or send a valid token or key, to do this."""


class NotAllowed(Denied):
    """You are known, but this is not yours to do."""


class NotInTheirName(Denied):
    """You see this as somebody else, and nothing can be done in their name."""


class Policy(msgspec.Struct, frozen=True):
    """Who may call a route: anyone, players, a server's key with a scope, staff with a permission, or several.

    Whoever sees the portal as a player (``Caller.actor_id``) may look at its pages and do nothing, unless
    ``on_behalf`` says otherwise: true, and they may do this too; false, and they may not even look.
    """

    anyone: bool = False
    player: bool = False
    scope: str | None = None
    permission: str | None = None
    on_behalf: bool | None = None

    def __or__(self, other: "Policy") -> "Policy":
        return Policy(
            self.anyone or other.anyone,
            self.player or other.player,
            self.scope or other.scope,
            self.permission or other.permission,
        )

    def or_on_behalf(self) -> "Policy":
        """The same, also for staff who see the portal as a player."""
        return replace(self, on_behalf=True)

    def never_on_behalf(self) -> "Policy":
        """The same, and a page that staff does not get to see as a player: it shows what is the player's alone."""
        return replace(self, on_behalf=False)

    def check(self, caller: Caller, *, is_looking: bool = False) -> None:
        """Let the caller pass or raise NotSignedIn, NotAllowed, or why what would let them pass is withheld.

        ``is_looking`` says that this only shows a page. Raises NotInTheirName too.
        """
        if caller.actor_id is not None and not (is_looking if self.on_behalf is None else self.on_behalf):
            raise NotInTheirName
        if self.anyone:
            return
        if caller.kind == "player":
            if self.player or (self.permission is not None and self.permission in caller.permissions):
                return
            if self.permission is not None and caller.withheld is not None:
                raise caller.withheld
        elif caller.kind == "server":
            if self.scope is not None and self.scope in caller.scopes:
                return
        else:
            raise NotSignedIn
        raise NotAllowed(required=self.required())

    def required(self) -> list[str]:
        """What would have let somebody pass, in words."""
        words = ["anyone"] if self.anyone else []
        words += ["player"] if self.player else []
        words += [f"scope:{self.scope}"] if self.scope else []
        return words + ([f"permission:{self.permission}"] if self.permission else [])


ANYONE = Policy(anyone=True)
PLAYER = Policy(player=True)


def server(scope: str) -> Policy:
    """A game server whose key has this scope."""
    return Policy(scope=scope)


def staff(permission: str) -> Policy:
    """A member of staff with this permission."""
    return Policy(permission=permission)
