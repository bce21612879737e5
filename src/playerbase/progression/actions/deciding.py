"""What becomes of one wish after the other, in memory: all that it takes has been read, and nothing is written yet."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw

from playerbase.kit import clock, ids
from playerbase.kit.errors import Refusal
from playerbase.progression import rules
from playerbase.progression.model import (
    CannotMerge,
    Declaration,
    Flag,
    Head,
    NoSuchVersion,
    Oddity,
    Row,
    Saved,
    SaveImplausible,
    SaveKind,
    SaveTooLarge,
    SavingTooOften,
    SlotsAllUsed,
    Spot,
    Tree,
    VersionConflict,
    Wish,
)

MINUTE = 60.0
SAVED_MEANWHILE = "This slot was saved meanwhile. Both sides are here, and nothing of either is lost until you decide."
DIFFERING_MAX = 100
RESOLVE = {
    "post": "/api/v1/player/progression/resolve",
    "keep_mine": "your data becomes the next version; send expected_version, the current one",
    "keep_theirs": "the current version stays, and is answered",
    "merge": "both sides are merged by the rules of the game; send your data and base_version, the one it began with",
}
_encode = msgspec.json.encode
_paces = msgspec.json.Decoder(dict[str, tuple[float, float]])


class Batch:
    """Slots as they stand while wishes are decided, and what is to be written of it."""

    def __init__(self, declared: Mapping[str, Declaration], heads: dict[Spot, Head], taken: set[Spot]) -> None:
        self.declared, self.heads, self.now = declared, heads, clock.now()
        self.kept: dict[tuple[Spot, int], Row] = {}  # What was read of the history, and what is new of it.
        self.sent: dict[tuple[Spot, str, int, bytes], Row] = {}
        self.rows: list[Row] = []
        self.flags: list[Flag] = []
        self.wishes: list[Wish] = []  # In the order of the rows.
        self._taken = taken

    def version(self, spot: Spot) -> int:
        """Where a slot stands; 0 while there is nothing in it."""
        head = self.heads.get(spot)
        return head.version if head is not None else 0

    def wants(self, wish: Wish) -> set[int]:
        """Which versions of its slot deciding a wish takes."""
        at, base = self.version(wish.spot), wish.base_version
        wanted = {wish.of_version} if wish.kind == "restore" else set()
        if base != at or rules.needs_before(self.declared[wish.spot.game].fields):
            wanted.add(at)
        if wish.kind == "merge" and base < at:
            wanted.add(base)
        return {number for number in wanted - {0} if (wish.spot, number) not in self.kept}

    def decide(self, wish: Wish) -> Saved | Refusal:
        """What becomes of a wish; if it is done, it is among the rows."""
        known = self.sent.get(name_of(wish))
        if known is not None:
            return answer(known, wish, [])
        try:
            return self._done(wish)
        except Refusal as refusal:
            return refusal

    def _done(self, wish: Wish) -> Saved:
        current = self.kept.get((wish.spot, self.version(wish.spot)))
        if wish.base_version != self.version(wish.spot) and (wish.kind != "merge" or self._is_beyond(wish)):
            raise VersionConflict(SAVED_MEANWHILE, **sides(wish, current), resolve=RESOLVE)
        self._check_quota(wish)
        data = self._data(wish, current)
        body = wish.body if data is wish.data else _encode(data)
        quotas = self.declared[wish.spot.game].quotas
        if len(body) > quotas.bytes_max:
            raise SaveTooLarge(limit=quotas.bytes_max, bytes=len(body))
        judged = self._judged(wish, current, data)
        if judged.refused:
            raise SaveImplausible(judged.refused)
        row = self._write(wish, body, judged)
        self._flag(row, judged.flagged)
        return answer(row, wish, judged.flagged)

    def _is_beyond(self, wish: Wish) -> bool:
        """Whether it builds on a version there has not been."""
        return wish.base_version > self.version(wish.spot)

    def _check_quota(self, wish: Wish) -> None:
        head, quotas = self.heads.get(wish.spot), self.declared[wish.spot.game].quotas
        if head is None:
            taken = sum((each.player_id, each.game) == (wish.spot.player_id, wish.spot.game) for each in self._taken)
            if taken >= quotas.slots_max:
                raise SlotsAllUsed(slots_max=quotas.slots_max)
            return
        waited = (self.now - head.window_at).total_seconds()
        if waited < MINUTE and head.window_saves >= quotas.saves_per_minute and not wish.is_staff:
            raise SavingTooOften(retry_after=max(1, math.ceil(MINUTE - waited)), limit=quotas.saves_per_minute)

    def _data(self, wish: Wish, current: Row | None) -> Tree:
        """What is to be in the slot."""
        if wish.kind == "restore":
            old = self.kept.get((wish.spot, wish.of_version))
            if old is None:
                raise NoSuchVersion
            return tree_of(old)
        if wish.kind == "save" or wish.base_version == self.version(wish.spot):
            return wish.data
        assert current is not None
        base = self.kept.get((wish.spot, wish.base_version))
        was = {} if wish.base_version == 0 else tree_of(base) if base is not None else None
        declared = self.declared[wish.spot.game]
        merged = rules.merge(declared.fields, declared.undeclared, was, wish.data, tree_of(current))
        if merged.unsettled:
            raise CannotMerge(
                fields=merged.unsettled[:DIFFERING_MAX], is_base_kept=was is not None, **sides(wish, current)
            )
        return merged.data

    def _judged(self, wish: Wish, current: Row | None, data: Tree) -> rules.Judgement:
        head = self.heads.get(wish.spot)
        paces = {} if head is None or head.paces is None else _paces.decode(head.paces)
        known = {path: rules.Pace(*pace) for path, pace in paces.items()}
        fields = self.declared[wish.spot.game].fields
        if not fields or wish.kind == "restore":  # It was judged when it was saved, and goes back by its nature.
            return rules.Judgement([], [], known)
        return rules.judge(fields, tree_of(current) if current is not None else None, data, known, self.now)

    def _write(self, wish: Wish, body: bytes, judged: rules.Judgement) -> Row:
        spot, head = wish.spot, self.heads.get(wish.spot)
        row = Row(
            player_id=spot.player_id, game=spot.game, slot=spot.slot, version=self.version(spot) + 1,
            base_version=wish.base_version, kind=wish.kind, size=len(body), fingerprint=wish.fingerprint,
            device=wish.device, saved_by=wish.by, saved_at=self.now, data=rules.packed(body),
        )  # fmt: skip
        goes_on = head is not None and (self.now - head.window_at).total_seconds() < MINUTE
        window_at = head.window_at if head is not None and goes_on else self.now
        window_saves = head.window_saves + 1 if head is not None and goes_on else 1
        self.heads[spot] = Head(
            spot.player_id, spot.game, spot.slot, row.version, self.now, window_at, window_saves,
            _encode(judged.paces).decode() if judged.paces else None,
        )  # fmt: skip
        self._taken.add(spot)
        self.kept[spot, row.version] = self.sent[name_of(wish)] = row
        self.rows.append(row)
        self.wishes.append(wish)
        return row

    def _flag(self, row: Row, found: list[Oddity]) -> None:
        self.flags += [
            Flag(
                ids.uuid7(), row.player_id, row.game, row.slot, row.version, each.field, each.rule, each.message,
                self.now,
            )
            for each in found
        ]  # fmt: skip


def wish(
    spot: Spot, kind: SaveKind, base_version: int, *, by: str, sender: str, data: Tree | None = None,
    of_version: int = 0, device: str = "", is_staff: bool = False, traceparent: str = "",
) -> Wish:  # fmt: skip
    """A wish of whoever is ``by``; ``sender`` tells one device from the other, which may well save the same."""
    body = _encode(data or {})
    named = rules.fingerprint(sender, _encode(of_version) if kind == "restore" else body)
    return Wish(
        spot=spot, kind=kind, base_version=base_version, by=by, fingerprint=named, data=data or {}, body=body,
        of_version=of_version, device=device, is_staff=is_staff, traceparent=traceparent,
    )  # fmt: skip


def name_of(wish: Wish) -> tuple[Spot, str, int, bytes]:
    """What makes two wishes one and the same: sent again, it is answered as before."""
    return wish.spot, wish.kind, wish.base_version, wish.fingerprint


def tree_of(row: Row) -> Tree:
    """The data of a version."""
    tree: Tree = msgspec.json.decode(rules.unpacked(row.data))
    return tree


def answer(row: Row, wish: Wish, flagged: list[Oddity]) -> Saved:
    """What is said of a version that was saved: with its data, where that is not what was sent."""
    return Saved(
        row.game, row.slot, row.version, clock.rfc3339(row.saved_at), row.kind,
        list(dict.fromkeys(each.field for each in flagged)),
        Raw(rules.unpacked(row.data)) if wish.kind != "save" else msgspec.UNSET,
    )  # fmt: skip


def sides(wish: Wish, current: Row | None) -> dict[str, Any]:
    """Theirs, mine, and where they differ."""
    theirs = None
    differing: list[str] = []
    if current is not None:
        theirs = {
            "version": current.version, "saved_at": clock.rfc3339(current.saved_at), "saved_by": current.saved_by,
            "device": current.device, "data": Raw(rules.unpacked(current.data)),
        }  # fmt: skip
        if wish.kind != "restore":
            found = rules.differences(tree_of(current), wish.data, DIFFERING_MAX)
            differing = [each.path for each in found]
    mine = {"base_version": wish.base_version, "data": Raw(wish.body)} if wish.kind != "restore" else None
    version = current.version if current is not None else 0
    return {"current_version": version, "theirs": theirs, "mine": mine, "differing": differing}
