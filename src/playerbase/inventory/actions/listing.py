"""What somebody has and wears, rendered once for each state of it: every change makes another state at once."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from playerbase import catalog, ledger
from playerbase.inventory import store
from playerbase.inventory.model import Loadout, Owned, Search, Source, Worn
from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Reading, reading
from playerbase.kit.redis import Cache

THINGS_SECONDS = 300
LOADOUTS_SECONDS = 900
LOOK_SECONDS = 1.0  # How late a process may show what another one edited in the catalog.
LAST = UUID(int=2**128 - 1)
# Where a list goes on: after a stack of this code, or an entitlement of this id.
Place = tuple[str, str]

_encode = msgspec.json.encode
_place = msgspec.json.Decoder(Place | None)


class Marks(Reading[UUID, str]):
    """Which state of what players have is the present one; those asked for at one moment are read together.

    What was changed here, what the ledger posted to their stacks, what has expired since, and how the catalog stands.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._catalog, self._until = "", 0.0

    async def fetch(self, db: Db, wanted: list[UUID]) -> Mapping[UUID, str]:
        """The marks of these players."""
        if self._until < clock.monotonic():
            self._catalog, self._until = (await catalog.version(db)).hex, clock.monotonic() + LOOK_SECONDS
        stacks = {each.owner_id: each.mark for each in await ledger.item_marks(db, wanted)}
        own = {each.player_id: f"{each.version}.{each.lapsed}" for each in await store.marks(db, wanted, clock.now())}
        return {
            player: f"{player.hex}:{own.get(player, '')}.{stacks.get(player, 0)}.{self._catalog}" for player in wanted
        }

    async def of(self, player_id: UUID) -> str:
        """The mark of one player."""
        mark = await self.get(player_id)
        assert mark is not None
        return mark


async def things(
    pool: Pool, cache: Cache, marks: Marks, player_id: UUID, search: Search, after: Place | None, limit: int
) -> tuple[bytes, Place | None]:
    """One page of what somebody has: the answer itself, or the items as JSON and the place where the next one goes on.

    Stacks come first, by code; then entitlements, newest first. A list that ends here is kept as it is answered: of
    two hundred things, taking it apart and putting it together would cost more than looking it up.
    """

    async def render() -> bytes:
        async with reading(pool) as db:
            found, following = await owned_page(db, player_id, search, after, limit)
        if following is None:
            return b'{"items":%s,"next_cursor":null}' % _encode(found)
        return _encode(following) + b"\n" + _encode(found)

    if search.q is None:  # What somebody types must not fill the cache.
        key = f"{await marks.of(player_id)}:{_digest(search, after, limit)}"
        body = await cache.get("inventory:things", key, THINGS_SECONDS, render, is_state=True)
    else:
        body = await render()
    if body.startswith(b"{"):
        return body, None
    place, _, items = body.partition(b"\n")
    return items, _place.decode(place)


async def owned_page(
    db: Db, player_id: UUID, search: Search, after: Place | None, limit: int
) -> tuple[list[Owned], Place | None]:
    """What somebody has, a page of it."""
    found: list[Owned] = []
    if after is None or after[0] == "stack":
        found = (await _stacks(db, player_id, search, after[1] if after else ""))[: limit + 1]
    if len(found) <= limit:
        before = UUID(after[1]) if after is not None and after[0] == "thing" else LAST
        found += await _entitlements(db, player_id, search, before, limit + 1 - len(found))
    following = None
    if found[limit:]:
        last = found[limit - 1]
        following = ("thing", str(last.entitlement_id)) if last.entitlement_id is not None else ("stack", last.item)
    return found[:limit], following


async def loadout(
    pool: Pool, cache: Cache, marks: Marks, player_id: UUID, game: str | None, character_id: UUID | None, *,
    is_cosmetic: bool = False,
) -> bytes:  # fmt: skip
    """What somebody wears in a game and as a character, or everywhere, as JSON."""

    async def render() -> bytes:
        async with reading(pool) as db:
            found = await worn(db, player_id, game, character_id)
        return _encode(Loadout([each for each in found if each.cosmetic is not None or not is_cosmetic]))

    key = f"{await marks.of(player_id)}:{game or ''}:{character_id or ''}:{'cosmetic' if is_cosmetic else ''}"
    return await cache.get("inventory:loadouts", key, LOADOUTS_SECONDS, render, is_state=True)


async def worn(db: Db, player_id: UUID, game: str | None, character_id: UUID | None) -> list[Worn]:
    """What somebody wears; what has expired is not among it."""
    rows = await store.worn(db, player_id, game, character_id, clock.now())
    items = await catalog.items_by_id(db, {row.item_id for row in rows})
    return [
        Worn(
            row.slot, row.game, row.character_id, row.entitlement_id, row.item_id, item.code, item.name, item.cosmetic,
            item.rarity, _preview(item), clock.rfc3339(row.equipped_at),
        )
        for row in rows
        if (item := items[row.item_id])
    ]  # fmt: skip


async def _stacks(db: Db, player_id: UUID, search: Search, after: str) -> list[Owned]:
    if search.equipped or search.type == "durable":
        return []
    counts = await ledger.item_counts(db, [player_id], None)
    codes = {count.asset.partition(":")[2]: count for count in counts if count.quantity > 0}
    items = await catalog.items_by_code(db, codes) if codes else {}
    chosen = {code: item for code, item in sorted(items.items()) if code > after and _matches(item, search)}
    if not chosen:
        return []
    known = {
        each.item_id: each for each in await store.stacks_of(db, player_id, [it.item_id for it in chosen.values()])
    }
    shown = []
    for code, item in chosen.items():
        seen = known.get(item.item_id) or store.StackSeen(item.item_id, codes[code].opened_at, Source.PLATFORM, "")
        shown.append(
            _owned(
                item, None, codes[code].quantity, (seen.acquired_at, None), (seen.source, seen.source_ref),
                metadata="{}", is_equipped=False,
            )
        )  # fmt: skip
    return shown


async def _entitlements(db: Db, player_id: UUID, search: Search, before: UUID, count: int) -> list[Owned]:
    wanted: list[UUID] | None = None
    if not msgspec.structs.replace(search, equipped=None).is_everything:
        has = await catalog.items_by_id(db, await store.items_of(db, player_id))
        wanted = [item_id for item_id, item in has.items() if _matches(item, search)]
    rows = await store.things(db, player_id, wanted, search.equipped, before, clock.now(), count)
    items = await catalog.items_by_id(db, {row.item_id for row in rows})
    return [
        _owned(
            items[row.item_id], row.entitlement_id, row.quantity, (row.acquired_at, row.expires_at),
            (row.source, row.source_ref), metadata=row.metadata, is_equipped=row.is_equipped,
        )
        for row in rows
    ]  # fmt: skip


def _owned(
    item: catalog.Item, entitlement_id: UUID | None, quantity: int, times: tuple[datetime, datetime | None],
    source: tuple[str, str], *, metadata: str, is_equipped: bool,
) -> Owned:  # fmt: skip
    acquired_at, expires_at = times
    return Owned(
        entitlement_id, item.item_id, item.code, item.name, item.type, item.game, item.cosmetic, item.rarity, item.slot,
        _preview(item), quantity, clock.rfc3339(acquired_at), clock.rfc3339(expires_at) if expires_at else None,
        *source, is_equipped, msgspec.Raw(metadata.encode()),
    )  # fmt: skip


def _matches(item: catalog.Item, search: Search) -> bool:
    said = search.q.casefold() if search.q else ""
    return (
        (search.game is None or item.game in {None, search.game})
        and search.type in {None, item.type.value}
        and search.slot in {None, item.slot}
        and (said in item.name.casefold() or said in item.code)
    )


def _preview(item: catalog.Item) -> str | None:
    return next((each.url for each in item.media if each.kind == "image"), None)


@lru_cache(10_000)
def _digest(search: Search, after: Place | None, limit: int) -> str:
    return hashlib.sha256(_encode((search, after, limit))).hexdigest()[:24]
