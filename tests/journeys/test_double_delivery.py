"""Every reaction, told the same things twice, leaves the same rows as told once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from playerbase import app, boards, files, fulfilment, games, identity, inventory, ledger, profiles, seasons
from playerbase.accounts import EmailChanged, EmailVerified
from playerbase.battlepass import Measure, NewChallenge, Period, create_challenge
from playerbase.boards.events import Scored
from playerbase.catalog import Delivery
from playerbase.commerce import events
from playerbase.commerce.actions import drafting, granting
from playerbase.commerce.model import Environment, Evidence, Order, Platform
from playerbase.fulfilment import Kind
from playerbase.kit import clock
from playerbase.kit.db import Tx
from playerbase.kit.outbox import Event, Reaction
from playerbase.matches import MatchCompleted, MatchVoided, Performance
from playerbase.profiles import CharacterDeleted
from tests.battlepass.passes import PREMIUM, a_match, premium, running, void
from tests.battlepass.passes import player as a_player
from tests.catalog.things import draft, put
from tests.commerce.counters import BLADE, skus
from tests.fulfilment.lines import line, player
from tests.inventory.things import given
from tests.orders.shop import bought


async def played(_: Tx) -> Sequence[Event]:
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


async def undressed(tx: Tx) -> Sequence[Event]:
    player_id, character_id = await identity.create(tx), uuid4()
    (cap,) = await put(tx, draft("cap"))
    (worn,) = await given(tx, player_id, cap.item_id)
    await tx.execute(
        "insert into inventory.loadouts values ($1, 'demo', $2, 'head', $3, now())",
        player_id, character_id, worn.entitlement_id,
    )  # fmt: skip
    return [CharacterDeleted(player_id=player_id, character_id=character_id, game="demo")]


async def awaited(tx: Tx) -> UUID:
    """A player whose voucher waited for an address, and who has one now."""
    player_id = await player(tx)
    await fulfilment.begin(tx, [line(player_id, Kind.EMAIL)])
    await tx.execute("update fulfilment.deliveries set waits_for = 'address' where player_id = $1", player_id)
    return player_id


async def confirmed(tx: Tx) -> Sequence[Event]:
    return [EmailVerified(player_id=await awaited(tx))]


async def moved(tx: Tx) -> Sequence[Event]:
    return [EmailChanged(player_id=await awaited(tx))]


async def ordered(tx: Tx) -> fulfilment.Delivery:
    """The delivery of an order's line that is on its way."""
    (letter,) = await put(tx, draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "p"}))
    player_id = await identity.create(tx)
    legs = (ledger.Leg(player_id, "gems", 9_000), ledger.Leg(ledger.HOUSE, "gems", -9_000, ledger.Purpose.ISSUANCE))
    await ledger.post(tx, [ledger.Posting(scope="test", key=str(player_id), kind="earn", legs=legs)])
    await bought(tx, player_id, letter)
    thing_id = await tx.fetchval("select thing_id from orders.things where player_id = $1", player_id)
    (delivery,) = await tx.fetch("select delivery_id, order_id from fulfilment.deliveries where line_id = $1", thing_id)
    return next(each for each in await fulfilment.of_order(tx, delivery["order_id"]) if each.line_id == thing_id)


async def delivered(tx: Tx) -> Sequence[Event]:
    return [fulfilment.DeliveryCompleted.of(await ordered(tx))]


async def failed(tx: Tx) -> Sequence[Event]:
    return [fulfilment.DeliveryFailed.of(await ordered(tx))]


async def cancelled(tx: Tx) -> Sequence[Event]:
    return [fulfilment.DeliveryCancelled.of(await ordered(tx), "Sold out.")]


async def paid_there(tx: Tx) -> Order:
    """Something bought on a platform, which will not be delivered or was given back."""
    player_id, (item,) = await identity.create(tx), await put(tx, draft("blade", skus=skus(BLADE)))
    evidence = Evidence(
        platform=Platform.GOOGLE, ref="a", sku=BLADE["google"], environment=Environment.PRODUCTION
    )  # fmt: skip
    order = await granting.grant_new(tx, evidence, await drafting.of_evidence(tx, item, evidence, player_id))
    assert isinstance(order, Order)
    return order


async def undelivered(tx: Tx) -> Sequence[Event]:
    order = await paid_there(tx)
    return [
        fulfilment.DeliveryCancelled(
            delivery_id=uuid4(), order_id=order.order_id, line_id=uuid4(), player_id=order.player_id, kind="email",
            item_code="blade",
        )
    ]  # fmt: skip


async def refunded(tx: Tx) -> Sequence[Event]:
    return [events.refunded(await paid_there(tx), uuid4(), "refund", 1, {"gems": 5})]


async def pictured(tx: Tx) -> Sequence[Event]:
    """Two pictures of one player, ready at the same time."""
    player_id = await identity.create(tx)
    await profiles.create(tx, player_id, "Ada")
    told = []
    for number in (1, 2):
        file_id = uuid4()
        await tx.execute(
            "insert into files.files (file_id, owner_id, kind, state, size, media, sha256, made_at, changed_at)"
            " values ($1, $2, 'avatar', 'ready', $3, 'image/png', sha256('x'), now(), now())",
            file_id, player_id, number,
        )  # fmt: skip
        for media in ("image/webp", "image/png"):
            await tx.execute("insert into files.variants values ($1, 128, 128, $2, 9)", file_id, media)
        told.append(files.FileReady(file_id=file_id, player_id=player_id, kind=files.Kind.AVATAR))
    return told


async def in_a_season(tx: Tx) -> Sequence[Event]:
    """Two matches that complete a challenge, and one of them void."""
    found = await running(tx)
    wins = NewChallenge(game=found.game, code="wins", name="Win", measure=Measure.WINS, goal=2, period=Period.DAY, xp=9)
    await create_challenge(tx, "test", wins)
    ann = await a_player(tx)
    matches = [a_match(ann, winner=ann) for _ in range(3)]
    return [*matches, void(matches[1]), void(matches[0])]


async def premium_got(tx: Tx) -> Sequence[Event]:
    """Premium that somebody has."""
    await running(tx)
    ann = await a_player(tx)
    thing = await premium(tx, ann)
    told = inventory.ItemGranted(
        player_id=ann, item_id=thing.item_id, item=PREMIUM, quantity=1, entitlement_id=thing.entitlement_id,
        source="grant", source_ref="x", expires_at=None,
    )  # fmt: skip
    return [told]


async def season_over(tx: Tx) -> Sequence[Event]:
    found = await running(tx)
    season = await seasons.close(tx, found.season_id)
    return [
        seasons.SeasonEnded(
            season_id=season.season_id, game=season.game, number=season.number, name=season.name, theme=season.theme,
            starts_at=season.starts_at, ends_at=season.ends_at,
        )
    ]  # fmt: skip


async def ended(tx: Tx) -> Sequence[Event]:
    await games.create(tx, slug="demo", name="Demo")
    now = clock.now()
    season = await seasons.plan(tx, "demo", seasons.Draft(name="One", starts_at=now, ends_at=now + timedelta(days=9)))
    about = {
        name: getattr(season, name) for name in ("season_id", "game", "number", "name", "theme", "starts_at", "ends_at")
    }
    return [seasons.SeasonEnded(**about)]


async def scored(tx: Tx) -> Sequence[Event]:
    run_id, player_id = await on_boards(tx), await identity.create(tx)
    return [
        boards.BoardScored(
            season_id=uuid4(), game="demo", board="kills", run_id=run_id, version=1,
            entries=[Scored(player_id, 1)],
        )
    ]  # fmt: skip


async def on_boards(tx: Tx) -> UUID:
    """A board of kills in a season that runs since before the matches here were played."""
    await games.create(tx, slug="demo", name="Demo")
    first, last = datetime(2026, 10, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=9)
    season = await seasons.plan(
        tx,
        "demo",
        seasons.Draft(name="S", starts_at=first, ends_at=last),
    )
    await seasons.activate(tx, season.season_id)
    draft = boards.BoardDraft(
        game="demo", code="kills", name="Kills", source=boards.Source.MATCHES, counted=boards.Counted.KILLS
    )
    await boards.create(tx, draft, "test")
    return season.season_id


async def played_for_boards(tx: Tx) -> Sequence[Event]:
    await on_boards(tx)
    return await played(tx)


async def ended_with_boards(tx: Tx) -> Sequence[Event]:
    season = await seasons.season(tx, await on_boards(tx))
    return [
        seasons.SeasonEnded(
            season_id=season.season_id, game=season.game, number=season.number, name=season.name, theme=season.theme,
            starts_at=season.starts_at, ends_at=season.ends_at,
        )
    ]  # fmt: skip


INTO_REDIS = {"boards.heal_index"}  # What they change lies elsewhere, and has tests of its own.
TOLD = {
    "boards.begin_close": ended_with_boards,
    "boards.follow_matches": played_for_boards,
    "boards.heal_index": scored,
    "battlepass.end_season": season_over,
    "battlepass.follow_matches": in_a_season,
    "battlepass.follow_premium": premium_got,
    "orders.note_delivered": delivered,
    "orders.note_failed": failed,
    "orders.refund_cancelled": cancelled,
    "commerce.note_undelivered": undelivered,
    "commerce.write_of_refunds": refunded,
    "fulfilment.deliver_to_confirmed_address": confirmed,
    "fulfilment.deliver_to_new_address": moved,
    "inventory.undress_deleted": undressed,
    "ladder.begin_close": ended,
    "ladder.follow_matches": played,
    "profiles.show_files": pictured,
    "statistics.follow_matches": played,
}


def test_every_reaction_is_tried() -> None:
    assert set(TOLD) == {reaction.name for reaction in app.REACTIONS}


@pytest.mark.parametrize("reaction", app.REACTIONS, ids=lambda reaction: reaction.name)
async def test_a_second_delivery_changes_nothing(tx: Tx, reaction: Reaction) -> None:
    told = list(await TOLD[reaction.name](tx))

    before = await rows(tx)
    await reaction.run(tx, told)
    once = await rows(tx)
    await reaction.run(tx, told)
    for event in told:
        await reaction.run(tx, [event])

    assert once != before or reaction.name in INTO_REDIS
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
