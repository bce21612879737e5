"""Every reaction, told the same things twice, leaves the same rows as told once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from playerbase import app
from playerbase.kit.db import Tx
from playerbase.kit.outbox import Event, Reaction
from playerbase.matches import MatchCompleted, MatchVoided, Performance


def played() -> Sequence[Event]:
    ann, bob, carol = uuid4(), uuid4(), uuid4()
    completed = [
        MatchCompleted(
            match_id=uuid4(), game="demo", mode="duel", map="pier", started_at=datetime(2026, 11, 1, tzinfo=UTC),
            duration_seconds=60, winner_id=winner, players=[Performance(player_id=one), Performance(player_id=other)],
        )
        for one, other, winner in [(ann, bob, ann), (bob, carol, None), (carol, ann, ann)]
    ]  # fmt: skip
    void = MatchVoided(match_id=completed[1].match_id, game="demo", player_ids=[bob, carol], reason="a cheat")
    return [*completed, void]


TOLD = {"ladder.follow_matches": played}


def test_every_reaction_is_tried() -> None:
    assert set(TOLD) == {reaction.name for reaction in app.REACTIONS}


@pytest.mark.parametrize("reaction", app.REACTIONS, ids=lambda reaction: reaction.name)
async def test_a_second_delivery_changes_nothing(tx: Tx, reaction: Reaction) -> None:
    told = list(TOLD[reaction.name]())

    await reaction.run(tx, told)
    once = await rows(tx)
    await reaction.run(tx, told)
    for event in told:
        await reaction.run(tx, [event])

    assert once
    assert await rows(tx) == once


async def rows(tx: Tx) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    tables = await tx.fetch(
        "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
    )
    return {
        f"{table['schemaname']}.{table['tablename']}": sorted(
            str(tuple(row)) for row in await tx.fetch(f"select * from {table['schemaname']}.{table['tablename']}")
        )
        for table in tables
    }
