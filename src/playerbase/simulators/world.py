"""What the simulators know, in memory: people, what was handed out to them, and what shall go wrong."""

import secrets
import time
from collections import deque
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from playerbase.simulators.signing import Signer

KEPT_MAX = 1_000  # Of whatever grows by asking.
FAULTS_MAX = 1_000

Kept = TypeVar("Kept")


class Fault(StrEnum):
    """What can go wrong with the next answer."""

    SLOW = "slow"
    FORBIDDEN = "403"
    TOO_MANY = "429"
    FAILING = "500"
    CLOSE = "close"
    HALF = "half"
    LOST = "lost"  # What was asked is done, and the answer does not arrive.
    MISTAKE = "200"  # It says with status 200 that it failed.


class Person(msgspec.Struct, kw_only=True):
    """Somebody with an account at a provider."""

    id: str
    name: str
    email: str = ""
    email_verified: bool = True
    owns_game: bool = True
    owner_id: str = ""  # Steam: the member of the family who lends the game.
    publisher_banned: bool = False
    vac_banned: bool = False
    is_private: bool = False


class Call(msgspec.Struct, frozen=True):
    """A request that came in from Playerbase, without what is secret in it."""

    at: float
    provider: str
    method: str
    path: str
    status: int


class Ticket(msgspec.Struct, frozen=True):
    """A Steam ticket: whose, for which game, and the word it was asked for with."""

    person_id: str
    app_id: int
    identity: str


class Grant(msgspec.Struct, frozen=True):
    """What stands behind a code or an access token."""

    person_id: str
    client_id: str
    scopes: tuple[str, ...] = ()
    redirect_uri: str = ""
    nonce: str = ""
    challenge: str = ""


class Push(msgspec.Struct):
    """Something Playerbase is told: where, how it is signed, and what it answered."""

    id: str
    provider: str
    title: str
    path: str
    headers: dict[str, str]
    body: str
    status: int | None = None
    tries: int = 0


class Provider:
    """One provider's people, and its moods."""

    def __init__(self, name: str, title: str, people: list[Person]) -> None:
        self.name, self.title = name, title
        self.people = {person.id: person for person in people}
        self.faults: deque[Fault] = deque(maxlen=FAULTS_MAX)
        self.calls: deque[Call] = deque(maxlen=KEPT_MAX)
        self.signer = Signer()
        self.codes: dict[str, Grant] = {}
        self.tokens: dict[str, Grant] = {}
        self.refreshes: dict[str, Grant] = {}
        self.tickets: dict[str, Ticket] = {}
        self.assertions: dict[str, dict[str, str]] = {}
        self.sales: dict[str, Any] = {}  # What was bought there, as each platform keeps it.
        self.refusing: deque[int] = deque(maxlen=FAULTS_MAX)  # Reasons by number for which the next deeds are refused.
        self.page_max = 0  # How few rows a list hands out at once, if not as many as were asked for.

    def next_fault(self, *, commits: bool) -> Fault | None:
        """What goes wrong now; an answer is lost only where something was done."""
        if not self.faults or (self.faults[0] is Fault.LOST and not commits):
            return None
        return self.faults.popleft()

    def add(self, name: str) -> Person:
        """Somebody new, with an id as this provider gives them."""
        number = secrets.randbelow(10**8) + 1
        person_id = {
            "steam": str(76561197960265728 + number), "epic": secrets.token_hex(16), "twitch": str(number),
        }.get(self.name) or f"user-{number}"  # fmt: skip
        email = "" if self.name == "steam" else f"{_letters(name) or number}@example.com"
        person = Person(id=person_id, name=name, email=email)
        keep(self.people, person_id, person)
        return person

    def break_next(self, fault: Fault, count: int) -> None:
        """Let the next so many answers go wrong."""
        self.faults.extend([fault] * count)

    def give_code(self, grant: Grant) -> str:
        """A code for one exchange."""
        code = secrets.token_hex(15)
        keep(self.codes, code, grant)
        return code

    def give_token(self, grant: Grant) -> str:
        """An access token."""
        token = secrets.token_hex(15)
        keep(self.tokens, token, grant)
        return token

    def give_refresh(self, grant: Grant) -> str:
        """A refresh token, which is no access token."""
        token = secrets.token_hex(25)
        keep(self.refreshes, token, grant)
        return token

    def expire(self, person_id: str) -> None:
        """Somebody's access tokens have run out."""
        self.tokens = {token: grant for token, grant in self.tokens.items() if grant.person_id != person_id}

    def disconnect(self, person_id: str) -> None:
        """Somebody no longer wants to be known to the application: whatever it was given is worth nothing."""
        self.expire(person_id)
        self.refreshes = {token: grant for token, grant in self.refreshes.items() if grant.person_id != person_id}

    def give_ticket(self, ticket: Ticket) -> str:
        """A ticket as the game's client would send it: bytes in hexadecimal."""
        text = secrets.token_hex(120)
        keep(self.tickets, text, ticket)
        return text


class World:
    """All providers, reached at one address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.slow_seconds = 8.0
        self.home = ""  # Where Playerbase is told what happened; nowhere, and what would be told is kept to be seen.
        self.providers: dict[str, Provider] = {}
        self.pushes: deque[Push] = deque()
        self.waiting: deque[Push] = deque()
        self.reset()

    def push(self, push: "Push") -> "Push":
        """Tell Playerbase this as soon as what is being done is done."""
        self.pushes.append(push)
        if len(self.pushes) > KEPT_MAX:
            self.pushes.popleft()
        self.waiting.append(push)
        return push

    def reset(self) -> None:
        """Begin anew."""
        self.pushes.clear()
        self.waiting.clear()
        self.providers = {provider.name: provider for provider in _beginning()}

    def provider(self, name: str) -> Provider:
        """One of them; a KeyError for another name."""
        return self.providers[name]


def keep(kept: dict[str, Kept], key: str, value: Kept) -> None:
    """Put it there, and let the oldest go when there are too many."""
    if len(kept) >= KEPT_MAX:
        del kept[next(iter(kept))]
    kept[key] = value


def seconds() -> int:
    """The world's time, since 1970; Playerbase's own clock may be moved, and no provider moves with it."""
    return int(time.time())


def _letters(name: str) -> str:
    return "".join(char for char in name.lower() if char.isascii() and char.isalnum())


def _beginning() -> list[Provider]:
    owner = "76561197960287930"
    return [
        Provider(
            "steam", "Steam",
            [
                Person(id=owner, name="Ada at Steam"),
                Person(id="76561197960434622", name="Ben who borrows", owner_id=owner, owns_game=True),
            ],
        ),
        Provider("epic", "Epic", [Person(id="9626f441055349ce8cb7d7d5a483eaa2", name="Ada at Epic")]),
        Provider("twitch", "Twitch", [Person(id="25009227", name="ada_live", email="ada@example.com")]),
        Provider("oidc", "OpenID Connect", [Person(id="user-1", name="Ada Example", email="ada@example.com")]),
        Provider("apple", "App Store", [Person(id="apple-1", name="Ada with a phone")]),
        Provider("google", "Google Play", [Person(id="google-1", name="Ada with a tablet")]),
        Provider("shopify", "Shopify", []),
    ]  # fmt: skip
