"""Known devices: where a player has signed in before.

Strangers' guesses do not shut them out there, and elsewhere a sign-in is told as one on a new device.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from playerbase.access import store
from playerbase.kit import clock
from playerbase.kit.crypto import digest, looks_like_token, token
from playerbase.kit.db import Db, Tx

PREFIX: Final = "pb_kd"
KEPT = timedelta(days=180)  # Since it was last used.
DEVICES_MAX: Final = 20


async def known_device(db: Db, player_id: UUID | None, device_token: str | None) -> bytes | None:
    """The hash of the token, if this player has been on that device; the same work when there is no such player."""
    if device_token is None or not looks_like_token(device_token, PREFIX):
        return None
    hashed = digest(device_token)
    return hashed if await store.is_known_device(db, hashed, player_id, clock.now()) else None


async def remember_device(tx: Tx, player_id: UUID, device_token: str | None) -> str:
    """The token by which this device is known from now on: the one it has, if it is known, or a new one.

    To be called once the player is held and has shown everything that is asked of them.
    """
    now = clock.now()
    if device_token is not None and looks_like_token(device_token, PREFIX):
        hashed = digest(device_token)
        if await store.touch_known_device(tx, hashed, player_id, now, now + KEPT):
            return device_token
    made = token(PREFIX)
    await store.add_known_device(tx, digest(made), player_id, now, now + KEPT)
    await store.keep_known_devices(tx, player_id, DEVICES_MAX)
    return made


async def has_known_devices(db: Db, player_id: UUID) -> bool:
    """Whether this player has been on any device before that can be told from others."""
    return await store.has_known_devices(db, player_id, clock.now())


async def forget_devices(tx: Tx, player_id: UUID) -> None:
    """No device of this player is known any more."""
    await store.drop_known_devices(tx, player_id)
