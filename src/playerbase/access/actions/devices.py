"""Devices: guests sign in by the id of what they play on, and by a secret if they chose one."""

from collections.abc import Sequence

from playerbase.access import store
from playerbase.kit.crypto import same
from playerbase.kit.db import Tx


async def admit_devices(tx: Tx, subjects: Sequence[bytes], secret_indexes: Sequence[bytes | None]) -> list[bool]:
    """Whether each may come in: who names a device first sets its secret, or that it has none; others must match it."""
    wanted: dict[bytes, bytes | None] = {}
    for subject, secret_index in zip(subjects, secret_indexes, strict=True):
        wanted.setdefault(subject, secret_index)
    known = {row.subject: row.secret_index for row in await store.devices(tx, list(wanted))}
    fresh = [subject for subject in wanted if subject not in known]
    if fresh:
        await store.add_devices(tx, fresh, [wanted[subject] for subject in fresh])
        known |= {row.subject: row.secret_index for row in await store.devices(tx, fresh)}
    return [
        known[subject] is None or (given is not None and same(given, known[subject] or b""))
        for subject, given in zip(subjects, secret_indexes, strict=True)
    ]
