"""Devices: guests sign in by the id of what they play on, and by a secret if they chose one."""

from collections.abc import Sequence

from playerbase.access import store
from playerbase.access.model import Device
from playerbase.kit.crypto import same
from playerbase.kit.db import Tx


async def admit_devices(
    tx: Tx, subjects: Sequence[Sequence[bytes]], secret_indexes: Sequence[Sequence[bytes]]
) -> list[bool]:
    """Whether each may come in: who names a device first sets its secret, or that it has none; others must match it.

    Each device and secret is given by all its stand-ins, the one of the present secret first; no stand-in, no secret.
    """
    wanted: dict[bytes, Sequence[bytes]] = {}
    for names, given in zip(subjects, secret_indexes, strict=True):
        wanted.setdefault(names[0], given)
    rows = {row.subject: row for row in await store.devices(tx, sorted({name for names in subjects for name in names}))}
    known = {names[0]: rows[name] for names in subjects for name in reversed(names) if name in rows}
    fresh = [subject for subject in wanted if subject not in known]
    if fresh:
        await store.add_devices(tx, fresh, [next(iter(wanted[subject]), None) for subject in fresh])
        known |= {row.subject: row for row in await store.devices(tx, fresh)}
    admitted = []
    for names, given in zip(subjects, secret_indexes, strict=True):
        row = known[names[0]]
        held = row.secret_index
        is_in = held is None or any(same(each, held) for each in given)
        admitted.append(is_in)
        if is_in and (row.subject != names[0] or (held is not None and held != given[0])):
            # Found under a former secret: from now on it is known under the present one.
            known[names[0]] = await _renamed(tx, row.subject, names[0], None if held is None else given[0])
    return admitted


async def _renamed(tx: Tx, former: bytes, subject: bytes, secret_index: bytes | None) -> Device:
    await store.rename_device(tx, former, subject, secret_index)
    return Device(subject, secret_index)
