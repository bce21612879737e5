"""Health of each part: a state, a figure, and what to do."""

from playerbase.console.pages import watching
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Rendering, Request, Site, get, staff


@get("/console/health", policy=staff("operations.read"), limit="console", page=True)
async def read_health(request: Request, site: Site, db: Db, rendering: Rendering) -> Answer:
    """Every part, in the order one would look."""
    parts = await watching.parts(site, db)
    return rendering.page(
        request, "console/health.html", parts=parts, wrong=[part for part in parts if part.state in {"broken", "watch"}]
    )
