"""Entering: the one place every sign-in of a person passes through, once they have shown all they are asked for."""

from typing import Final

from msgspec.structs import replace

from playerbase import access, audit, identity
from playerbase.access import Opened, Opening
from playerbase.accounts.actions import alerting
from playerbase.accounts.actions.second import entered
from playerbase.accounts.actions.settings import settings
from playerbase.accounts.events import PlayerLoggedIn
from playerbase.accounts.model import BrowserEntry
from playerbase.kit.db import Tx
from playerbase.kit.http import Answer, Request
from playerbase.kit.outbox import emit

OWN_CLIENT: Final = "playerbase"
PASSWORD: Final = "password"  # noqa: S105 - the name of a way to sign in
EMAIL_CODE: Final = "email_code"
# Who comes in by these shows no device that could be known again: a code has come by mail, and a guest is their device.
UNKNOWN: Final = frozenset({EMAIL_CODE, "device", "server"})


async def enter(tx: Tx, request: Request, opening: Opening, reason: str, *, device_token: str | None = None) -> Opened:
    """A session for a player who has shown everything they are asked for and may come in, told and written down.

    After a password or a provider's word the device is known from then on; ``device_token`` is what it calls itself by.
    """
    await identity.seen(tx, [opening.player_id])
    opened = await access.open_session(tx, request.site.keys, opening)
    known_as = await _known_as(tx, request, opening, device_token)
    told = PlayerLoggedIn(player_id=opening.player_id, session_id=opened.session_id, provider=opening.method)
    await emit(tx, told)
    is_new = known_as not in {None, device_token}
    await audit.record_all(tx, await entered(tx, request, opening, reason, is_new_device=is_new))
    return replace(opened, device_token=known_as)


async def enter_browser(
    tx: Tx, request: Request, opening: Opening, reason: str, *, device_token: str | None = None
) -> BrowserEntry:
    """The same for a browser: its cookies."""
    await identity.seen(tx, [opening.player_id])
    cookie = await access.open_browser_session(tx, opening)
    known_as = await _known_as(tx, request, opening, device_token)
    is_new = known_as not in {None, device_token}
    await audit.record_all(tx, await entered(tx, request, opening, reason, is_new_device=is_new))
    return BrowserEntry(cookie, known_as)


def let_browser_in(answer: Answer, public_url: str, entry: BrowserEntry) -> Answer:
    """Give a browser its cookies."""
    answer = access.set_cookie(answer, public_url, entry.cookie)
    return answer if entry.device_token is None else access.set_device_cookie(answer, public_url, entry.device_token)


async def _known_as(tx: Tx, request: Request, opening: Opening, device_token: str | None) -> str | None:
    """What a device calls itself by from now on; None where devices are not told apart.

    The owner is written to about one that is new, where that is wanted and there is another to tell it from.
    """
    if opening.method in UNKNOWN:
        return None
    had_others = await access.has_known_devices(tx, opening.player_id)
    known_as = await access.remember_device(tx, opening.player_id, device_token)
    if known_as != device_token and had_others and (await settings(tx)).new_device_letters:
        await alerting.tell_of_device(tx, request.site.keys, opening)
    return known_as
