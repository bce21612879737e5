"""What games declare: reading it, deciding it anew, and remembering it where saves are many."""

import msgspec

from playerbase import games
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.progression import rules, store
from playerbase.progression.model import Declaration, DeclarationChanged, DeclarationRow, Declared, GameUnknown

FOLLOW_SECONDS = 1.0  # How soon a process follows what was declared elsewhere.
NOTHING = Declared()


class Known:
    """What games declare, as this process saw it not long ago; games it has seen are never removed."""

    def __init__(self) -> None:
        self._declared: dict[str, Declaration] = {}
        self._looked_at = -FOLLOW_SECONDS

    async def look_up(self, db: Db, slugs: set[str]) -> dict[str, Declaration]:
        """What these games declare; one that does not exist is left out."""
        is_stale = clock.monotonic() - self._looked_at >= FOLLOW_SECONDS
        if is_stale or not slugs <= self._declared.keys():
            found = [game.slug for game in await games.games(db)]
            rows = {row.game: row for row in await store.declarations(db, found)}
            self._declared = {slug: _opened(slug, rows.get(slug)) for slug in found}
            self._looked_at = clock.monotonic()
        return {slug: self._declared[slug] for slug in slugs if slug in self._declared}

    def forget(self) -> None:
        """Look again at the next save: something was declared here just now."""
        self._looked_at = -FOLLOW_SECONDS


async def declaration(db: Db, game: str) -> Declaration:
    """What a game declares, the defaults until it has declared anything; raises GameUnknown."""
    if await games.game(db, game) is None:
        raise GameUnknown
    rows = await store.declarations(db, [game])
    return _opened(game, rows[0] if rows else None)


async def declarations(db: Db) -> list[Declaration]:
    """What each game declares, by game; as many as there are titles."""
    found = [game.slug for game in await games.games(db)]
    rows = {row.game: row for row in await store.declarations(db, found)}
    return [_opened(slug, rows.get(slug)) for slug in found]


async def declared_before(db: Db, game: str, before: int, count: int) -> list[Declaration]:
    """What a game declared before this version, latest first."""
    return [_opened(game, row) for row in await store.declared_before(db, game, before, count)]


async def declare(
    tx: Tx, game: str, wanted: Declared, expected_version: int, by: str
) -> tuple[Declaration, Declaration]:  # fmt: skip
    """Declare anew, from the next save on; answers what held before, and what holds. The same again changes nothing.

    Raises GameUnknown, DeclarationChanged, and Faults for rules that cannot hold.
    """
    await store.take_turn(tx, game)
    before = await declaration(tx, game)
    if fault := rules.fault_in(wanted.fields):
        raise fault
    if before.version == expected_version + 1 and _declared(before) == wanted:
        return before, before  # The answer to it was lost.
    if before.version != expected_version:
        raise DeclarationChanged(current_version=before.version)
    if _declared(before) == wanted:
        return before, before
    body = msgspec.json.encode(wanted).decode()
    row = DeclarationRow(game, before.version + 1, body, by, clock.now())
    await store.declare(tx, row)
    return before, _opened(game, row)


def _declared(declaration: Declaration) -> Declared:
    return Declared(
        quotas=declaration.quotas, fields=declaration.fields, undeclared=declaration.undeclared,
        players_restore=declaration.players_restore,
    )  # fmt: skip


def _opened(game: str, row: DeclarationRow | None) -> Declaration:
    body = NOTHING if row is None else msgspec.json.decode(row.body, type=Declared)
    return Declaration(
        game=game, version=0 if row is None else row.version, quotas=body.quotas, fields=body.fields,
        undeclared=body.undeclared, players_restore=body.players_restore,
        changed_by="" if row is None else row.changed_by, changed_at=None if row is None else row.changed_at,
    )  # fmt: skip
