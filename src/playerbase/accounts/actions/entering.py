"""Entering: the one place every sign-in of a person passes through, once they have shown all they are asked for."""

from typing import Final

from msgspec.structs import replace

from playerbase import access, audit, identity
from playerbase.access import Opened, Opening
from playerbase.accounts.actions.second import entered
from playerbase.accounts.events import PlayerLoggedIn
from playerbase.accounts.model import BrowserEntry
from playerbase.kit.db import Tx
from playerbase.kit.http import Answer, Request
from playerbase.kit.outbox import emit

OWN_CLIENT: Final = "playerbase"
PASSWORD: Final = "password"  # noqa: S105 - the name of a way to sign in
EMAIL_CODE: Final = "email_code"


async def enter(tx: Tx, request: Request, opening: Opening, reason: str, *, device_token: str | None = None) -> Opened:
    """A session for a player who has shown everything they are asked for and may come in, told and written down.

    After a password the device is known from then on; ``device_token`` is what it called itself by.
    """
    await identity.seen(tx, [opening.player_id])
    opened = await access.open_session(tx, request.site.keys, opening)
    if opening.method == PASSWORD:
        opened = replace(opened, device_token=await access.remember_device(tx, opening.player_id, device_token))
    is_new = opened.device_token not in {None, device_token}
    told = PlayerLoggedIn(player_id=opening.player_id, session_id=opened.session_id, provider=opening.method)
    await emit(tx, told)
    await audit.record_all(tx, await entered(tx, request, opening, reason, is_new_device=is_new))
    return opened


async def enter_browser(
    tx: Tx, request: Request, opening: Opening, reason: str, *, device_token: str | None = None
) -> BrowserEntry:
    """The same for a browser: its cookies."""
    await identity.seen(tx, [opening.player_id])
    cookie = await access.open_browser_session(tx, opening)
    device = None
    if opening.method == PASSWORD:
        device = await access.remember_device(tx, opening.player_id, device_token)
    is_new = device not in {None, device_token}
    await audit.record_all(tx, await entered(tx, request, opening, reason, is_new_device=is_new))
    return BrowserEntry(cookie, device)


def let_browser_in(answer: Answer, public_url: str, entry: BrowserEntry) -> Answer:
    """Give a browser its cookies."""
    answer = access.set_cookie(answer, public_url, entry.cookie)
    return answer if entry.device_token is None else access.set_device_cookie(answer, public_url, entry.device_token)
