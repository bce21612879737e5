"""The pages of boards: what there is, one as it stands, its editor, and claims that wait; and the portal's."""

from playerbase.boards.pages import claims, editor, listing, portal, standing
from playerbase.boards.pages.needing import holds, needs
from playerbase.kit.http import Page, Place

HANDLERS = (listing, editor, claims, standing, portal)
PAGE = Page(places=(Place("Boards", "/console/boards", "star", "Live", "boards.read"),), needs=needs, holds=holds)

__all__ = ["HANDLERS", "PAGE"]
