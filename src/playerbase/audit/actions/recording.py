"""Deeds become rows: one, or a batch of them, appended to their chains in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from playerbase.audit import rules, store
from playerbase.audit.actions.configured import configured
from playerbase.audit.model import CHAINS, Deed, Head, HeadForged, Row
from playerbase.kit import clock, ids
from playerbase.kit.crypto import Keys, blind, seal
from playerbase.kit.db import Tx

NAME_CHARACTERS_MAX = 100
TEXT_CHARACTERS_MAX = 500
JSON_BYTES_MAX = 16_384  # A whole profile, not a whole season: what is larger is named by its size.

_encode = msgspec.json.Encoder(enc_hook=str).encode


async def record(tx: Tx, deed: Deed) -> None:
    """Write down one deed; it stands if, and only if, this transaction commits.

    The last thing an action does: the deed's chain is locked from here to the commit, and whoever else acts in that
    chain waits. For several deeds in one transaction use ``record_all``, once, so that chains are locked in order.
    """
    await record_all(tx, [deed])


async def record_all(tx: Tx, deeds: Sequence[Deed]) -> None:
    """Write down a batch, in its order; as ``record``, in two statements however many there are.

    Raises HeadForged, a fault and no refusal, if a chain's head is not ours: going on would sign the forgery.
    """
    if not deeds:
        return
    keys, now = configured().keys, clock.now()
    placed = [(deed, actor := _actor(keys, deed), rules.chain_of(actor)) for deed in deeds]
    heads = {head.chain: head for head in await store.lock_heads(tx, sorted({chain for _, _, chain in placed}))}
    signing, linking = keys.subkeys("audit/head"), keys.subkey("audit")
    for head in heads.values():
        if not rules.is_signed(signing, head):
            raise HeadForged(f"chain {head.chain}, seq {head.seq}")
    ends = {head.chain: (head.seq, head.hash or rules.GENESIS) for head in heads.values()}
    rows = []
    for (deed, actor, chain), entry_id in zip(placed, ids.uuid7s(len(placed)), strict=True):
        seq, previous = ends[chain]
        row = _row(keys, deed, entry_id, actor, chain=chain, seq=seq + 1, now=now)
        linked = rules.link(linking, previous, row)
        rows.append(msgspec.structs.replace(row, hash=linked))
        ends[chain] = (seq + 1, linked)
    moved = [Head(chain, seq, end, rules.sign(signing[0], chain, seq, end)) for chain, (seq, end) in ends.items()]
    await store.append(tx, rows, moved)


async def sign_heads_anew(tx: Tx, deed: Deed) -> None:
    """Record the deed once in each chain whose head a former secret signed: heads only ever move forward."""
    present = configured().keys.subkeys("audit/head")[:1]
    heads = await store.lock_heads(tx, list(range(CHAINS)))
    stale = [head.chain for head in heads if not rules.is_signed(present, head)]
    await record_all(tx, [msgspec.structs.replace(deed, actor_id=_of_chain(deed, chain)) for chain in stale])


def _of_chain(deed: Deed, chain: int) -> str:
    """The actor's name with the first number behind it that leads to the chain."""
    names = (f"{deed.actor_id} {number}" for number in count(1))
    return next(name for name in names if rules.chain_of(name) == chain)


def _actor(keys: Keys, deed: Deed) -> str:
    # Who is nobody yet is told apart by where they come from, without the address standing in the table.
    if deed.actor_kind == "anonymous":
        return blind(keys, deed.ip, purpose="audit")[:8].hex() if deed.ip else ""
    return str(deed.actor_id)[:NAME_CHARACTERS_MAX]


def _row(keys: Keys, deed: Deed, entry_id: UUID, actor: str, *, chain: int, seq: int, now: datetime) -> Row:
    return Row(
        chain=chain,
        seq=seq,
        entry_id=entry_id,
        at=now,
        actor_kind=deed.actor_kind,
        actor_id=_text(actor, NAME_CHARACTERS_MAX),
        player_id=deed.player_id,
        action=_text(deed.action, NAME_CHARACTERS_MAX),
        target_kind=_text(deed.target_kind, NAME_CHARACTERS_MAX),
        target_id=_text(str(deed.target_id), NAME_CHARACTERS_MAX),
        outcome=deed.outcome,
        before=_json(deed.before),
        after=_json(deed.after),
        reason=_text(deed.reason, TEXT_CHARACTERS_MAX),
        ip_sealed=_sealed(keys, deed.ip, entry_id),
        agent=_text(deed.agent, TEXT_CHARACTERS_MAX),
        request_id=_text(deed.request_id, NAME_CHARACTERS_MAX),
        trace_id=_text(deed.trace_id, NAME_CHARACTERS_MAX),
        hash=b"",
    )


def _text(text: str, most: int) -> str:
    if len(text) <= most and text.isascii() and "\0" not in text:
        return text
    # What a header held may be no text to the database; a deed is not lost for that.
    return text[:most].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _json(tree: dict[str, Any] | None) -> str | None:
    if tree is None:
        return None
    body = _encode(tree)
    return body.decode() if len(body) <= JSON_BYTES_MAX else _encode({"too_long_bytes": len(body)}).decode()


def _sealed(keys: Keys, ip: str, entry_id: UUID) -> bytes:
    if not ip:
        return b""
    return seal(keys, ip.encode(), table="audit.entries", column="ip_sealed", row=str(entry_id))
