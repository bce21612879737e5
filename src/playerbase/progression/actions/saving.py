"""Saving, merging and restoring: whatever is wanted at the same moment shares a commit."""

from collections.abc import Iterator, Sequence

from playerbase.kit import metrics
from playerbase.kit.db import Lane, Pool, Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.kit.outbox import Event, emit
from playerbase.progression import store
from playerbase.progression.actions.deciding import Batch, name_of
from playerbase.progression.actions.declaring import Known
from playerbase.progression.events import ProgressFlagged, ProgressRestored, ProgressSaved
from playerbase.progression.model import (
    GameUnknown,
    Head,
    RestoringNotAllowed,
    Saved,
    SaveImplausible,
    Spot,
    VersionConflict,
    Wish,
)

PRUNE_EVERY = 16  # Saves of a slot: so many versions more than allowed may be kept for a while.

_saves = metrics.Counter("progression_saves", "Saves, by what became of them.", ["outcome"])
_flags = metrics.Counter("progression_flags", "Fields of saves that were let pass and flagged.", ["rule"])


class Saves(Lane[Wish, Saved]):
    """Whatever is saved at the same moment shares a commit; the saves of a slot come one after the other."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.known = Known()

    async def commit(self, tx: Tx, items: list[Wish]) -> list[Saved | Refusal]:
        """Save each, or say why not."""
        return await write(tx, items, self.known)


async def write(tx: Tx, wishes: Sequence[Wish], known: Known | None = None) -> list[Saved | Refusal]:
    """What becomes of each wish, in order: none overwrites a version its sender has not seen.

    Refusals: GameUnknown, RestoringNotAllowed, VersionConflict, CannotMerge, TooManySlots, SavingTooOften,
    SaveTooLarge, SaveImplausible, NoSuchVersion. What was sent before in the same words is answered as before.
    """
    declared = await (known or Known()).look_up(tx, {wish.spot.game for wish in wishes})
    outcomes: dict[int, Saved | Refusal] = {}
    for at, wish in enumerate(wishes):
        if wish.spot.game not in declared:
            outcomes[at] = GameUnknown()
        elif wish.kind == "restore" and not (declared[wish.spot.game].players_restore or wish.is_staff):
            outcomes[at] = RestoringNotAllowed()
    pending = {at: wish for at, wish in enumerate(wishes) if at not in outcomes}
    if pending:
        spots = sorted({wish.spot for wish in pending.values()})
        heads = await _hold(tx, spots)
        taken: set[Spot] = set()
        if len(heads) < len(spots):
            new = [spot for spot in spots if spot not in heads]
            await store.take_turns(tx, new)
            taken = set(await store.slots_taken(tx, new))
            if begun := [spot for spot in new if spot in taken]:
                heads |= await _hold(tx, begun)
        batch = Batch(declared, heads, taken)
        for some in _rounds(pending):
            await _read(tx, batch, [pending[at] for at in some])
            for at in some:
                outcomes[at] = batch.decide(pending[at])
        if batch.rows:
            await _write(tx, batch)
    answers = [outcomes[at] for at in range(len(wishes))]
    after_commit(tx, lambda: _count(answers))
    return answers


async def _hold(tx: Tx, spots: list[Spot]) -> dict[Spot, Head]:
    return {Spot(head.player_id, head.game, head.slot): head for head in await store.lock_slots(tx, spots)}


def _rounds(pending: dict[int, Wish]) -> Iterator[list[int]]:
    """The wishes in their order, each slot once in a round: what a wish takes is read when those before are decided."""
    left = list(pending)
    while left:
        some: list[int] = []
        seen: set[Spot] = set()
        later: list[int] = []
        for at in left:
            (later if pending[at].spot in seen else some).append(at)
            seen.add(pending[at].spot)
        yield some
        left = later


async def _read(tx: Tx, batch: Batch, wishes: list[Wish]) -> None:
    """Read what deciding these takes: mostly nothing."""
    stale = [wish for wish in wishes if wish.base_version < batch.version(wish.spot)]
    if stale:
        found = await store.saved_before(
            tx, [wish.spot for wish in stale], [wish.kind for wish in stale], [wish.base_version for wish in stale],
            [wish.fingerprint for wish in stale],
        )  # fmt: skip
        for row in found:
            spot = Spot(row.player_id, row.game, row.slot)
            batch.sent.setdefault((spot, row.kind, row.base_version, row.fingerprint), row)
    wanted = [
        (wish.spot, number)
        for wish in wishes
        if name_of(wish) not in batch.sent
        for number in sorted(batch.wants(wish))
    ]
    if wanted:
        for row in await store.versions(tx, [spot for spot, _ in wanted], [number for _, number in wanted]):
            batch.kept[Spot(row.player_id, row.game, row.slot), row.version] = row


async def _write(tx: Tx, batch: Batch) -> None:
    await store.write_versions(tx, batch.rows)
    changed = dict.fromkeys(Spot(row.player_id, row.game, row.slot) for row in batch.rows)
    heads = [batch.heads[spot] for spot in sorted(changed)]
    await store.write_slots(tx, heads)
    due = [spot for spot in changed if batch.heads[spot].version % PRUNE_EVERY == 0]
    if due:
        below = [batch.heads[spot].version - batch.declared[spot.game].quotas.versions_max + 1 for spot in due]
        await store.prune(tx, due, below)
    facts = _facts(batch)
    traceparents = [wish.traceparent for wish in batch.wishes]
    if batch.flags:
        opened = set(await store.raise_flags(tx, batch.flags))
        told: dict[tuple[Spot, int], list[str]] = {}
        for flag in batch.flags:
            if flag.flag_id in opened:
                told.setdefault((Spot(flag.player_id, flag.game, flag.slot), flag.version), []).append(flag.field)
                _flags.labels(flag.rule).inc()
        facts += [
            ProgressFlagged(
                player_id=spot.player_id, game=spot.game, slot=spot.slot, version=version, fields=fields
            )
            for (spot, version), fields in told.items()
        ]  # fmt: skip
        traceparents += [""] * len(told)
    await emit(tx, *facts, traceparents=traceparents)


def _facts(batch: Batch) -> list[Event]:
    facts: list[Event] = []
    for row, wish in zip(batch.rows, batch.wishes, strict=True):
        if wish.kind == "restore":
            facts.append(
                ProgressRestored(
                    player_id=row.player_id, game=row.game, slot=row.slot, version=row.version,
                    of_version=wish.of_version, by=row.saved_by,
                )
            )  # fmt: skip
        else:
            facts.append(
                ProgressSaved(
                    player_id=row.player_id, game=row.game, slot=row.slot, version=row.version, kind=row.kind,
                    device=row.device,
                )
            )  # fmt: skip
    return facts


def _count(answers: Sequence[Saved | Refusal]) -> None:
    for answer in answers:
        if isinstance(answer, Saved):
            _saves.labels("flagged" if answer.flagged else "saved").inc()
        else:
            is_known = isinstance(answer, VersionConflict | SaveImplausible)
            _saves.labels(answer.code if is_known else "refused").inc()
