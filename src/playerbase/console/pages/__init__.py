"""The console's own pages: the opening page, operations, and the frame all modules' pages stand in."""

from playerbase.console import routes
from playerbase.console.pages import (
    deciding,
    design,
    door,
    frame,
    health,
    jobs,
    lasting,
    letters,
    limits,
    moving,
    now,
    proving,
    seeing,
    watching,
)
from playerbase.kit.http import Page, Place

PAGE = Page(
    places=(
        Place("Now", "/console", "now", "Now", ""),
        Place("Dead letters", "/console/letters", "dead", "Platform", "operations.read"),
        Place("Jobs", "/console/jobs", "jobs", "Platform", "operations.read"),
        Place("Health", "/console/health", "pulse", "Platform", "operations.read"),
        Place("Limits", "/console/limits", "limits", "Platform", "operations.read"),
        Place("Settings", "/console/settings", "sliders", "Platform", ""),
        Place("Test clock", "/console/clock", "clock", "Platform", "operations.read"),
    ),
    needs=watching.needs,
)
HANDLERS = (routes, door, frame, now, letters, jobs, health, limits, design, proving, seeing, lasting, deciding, moving)

__all__ = ["HANDLERS", "PAGE"]
