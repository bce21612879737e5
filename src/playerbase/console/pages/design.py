"""The design of the console, documented by itself; and its shortcuts."""

from datetime import timedelta

from playerbase.console.pages import now
from playerbase.console.pages.code import tokens
from playerbase.kit import clock
from playerbase.kit.http import PLAYER, Answer, Caller, Happening, Rendering, Request, get

# WCAG 2.2 ratios, the worst of page, surface, raised, well and chosen row: compute again when a colour changes.
CONTRAST = (
    ("Text", "--text", "15.7", "12.6", "4.5"),
    ("Second text", "--text-2", "7.2", "7.5", "4.5"),
    ("Quiet text", "--text-3", "5.1", "5.5", "4.5"),
    ("Accent as a link", "--accent", "5.8", "6.8", "4.5"),
    ("Fine, watch, broken as text", "--good --warn --bad", "5.9", "7.0", "4.5"),
    ("The same on their own badge", "--good-bg --warn-bg --bad-bg", "5.8", "7.2", "4.5"),
    ("White on primary", "--fill", "6.5", "5.0", "4.5"),
    ("White on danger", "--bad-fill", "6.3", "5.3", "4.5"),
    ("Edge of a field", "--edge", "3.2", "3.5", "3.0"),
    ("Focus ring", "--accent", "6.1", "7.3", "3.0"),
)
COURSE = [12.0, 18, 25, 31, 29, 34, 40, 33, 33, 39, 42, 45, 38, 37, 32, 30, 34, 28, 22, 20, 25, 27, 24, 29]


@get("/console/components", policy=PLAYER, limit="console", page=True)
async def read_components(request: Request, caller: Caller, rendering: Rendering) -> Answer:
    """Every piece in every state."""
    now.must_be_staff(caller)
    present = clock.now()
    return rendering.page(
        request, "console/components.html", contrast=CONTRAST, course=COURSE, present=present,
        moments=[present - timedelta(seconds=ago) for ago in (2, 130, 9_000, 200_000, 4e7, -4_000)],
        body=tokens('{"topic":"match.completed","players":["3f0d","8b17"],"duration_seconds":312,"winner_id":null}'),
        lines=[
            Happening(present - timedelta(minutes=2), "check", "Staff", "Retried, delivered", tone="good"),
            Happening(present - timedelta(minutes=48), "swords", "Matches", "Won in Duel", "rating 1371 → 1384", "+13"),
            Happening(present - timedelta(days=1), "warn", "Staff", "Third attempt failed", tone="bad"),
        ],
    )  # fmt: skip


@get("/console/shortcuts", policy=PLAYER, limit="console", page=True)
async def read_shortcuts(request: Request, caller: Caller, rendering: Rendering) -> Answer:
    """Every shortcut; each has a button or a link too."""
    now.must_be_staff(caller)
    return rendering.page(request, "console/shortcuts.html")
