"""What accounts adds to the console: ways in, requests to make two accounts one, and how Twitch's tokens stand."""

from playerbase import federation, identity
from playerbase.accounts import actions
from playerbase.accounts.model import AccountSettings
from playerbase.accounts.pages import merges, ways
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Need, Page, Part, Place, SettingGroup

COUNTED_MAX = 1_000
LATE_DAYS = 3


async def needs(db: Db) -> list[Need]:
    """Players who wait for an answer."""
    waiting = await identity.count_merge_requests(db, COUNTED_MAX)
    if not waiting:
        return []
    (latest,) = await identity.merge_requests(db, "open", None, 1)
    days = (clock.now() - latest.asked_at).days
    title = "A player asks to have two accounts made one" if waiting == 1 else f"{waiting} requests to merge wait"
    why = "They showed that a way to sign in which belongs to another account is theirs. Look at both, and answer."
    since = f"the latest {latest.asked_at:%d %B, %H:%M} UTC"
    return [
        Need(50, "merge", title, why, "late" if days >= LATE_DAYS else "soon", since, "Decide", merges.HERE, waiting)
    ]


async def parts(db: Db) -> list[Part]:
    """How the tokens of Twitch stand, where there are any."""
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


SETTINGS = SettingGroup(
    "accounts",
    "Accounts",
    AccountSettings,
    actions.settings,
    actions.set_settings,
    "operations.read",
    "operations.write",
)
PAGE = Page(
    settings=(SETTINGS,),
    places=(Place("Merges", merges.HERE, "merge", "People", "players.read"),),
    needs=needs,
    parts=parts,
)
HANDLERS = (ways, merges)

__all__ = ["HANDLERS", "PAGE"]
