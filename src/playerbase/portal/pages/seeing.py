"""The way back for staff who see the portal as a player."""

from playerbase import accounts
from playerbase.kit.http import ANYONE, Answer, Request, csrf, post, redirect

CONSOLE = "/console"


@post("/portal/stop-seeing", policy=ANYONE.or_on_behalf(), limit="console", page=True)
async def stop(request: Request) -> Answer:
    """See it as oneself again, and go back to the console; whose time is over is led there as well.

    Open to anybody, since by then nobody may be left to sign it: what is live asks for its page's token all the same.
    """
    csrf.check_origin(request)
    player_id = await accounts.stop_seeing_as(request)
    return accounts.lend(redirect(f"{CONSOLE}/players/{player_id}" if player_id else CONSOLE), request, "")
