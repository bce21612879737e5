"""What accounts adds to the console: how the tokens of Twitch stand."""

from playerbase import federation
from playerbase.kit.db import Db
from playerbase.kit.http import Page, Part


async def _parts(db: Db) -> list[Part]:
    grants, checks = await federation.standing(db)
    if not grants.kept and checks == federation.Checks():
        return []
    of = (
        f"kept; in the last day {checks.valid + checks.refreshed} checked well, {checks.disconnected} disconnected, "
        f"{checks.away} times Twitch could not be asked"
    )
    advice = ""
    if grants.late:
        advice = f"{grants.late} have waited for their check for two hours: see that Twitch answers and a worker runs"
    return [Part("Tokens of Twitch", "watch" if grants.late else "fine", str(grants.kept), of, advice)]


PAGE = Page(parts=_parts)
