"""The pages of rewards: what was given, to whom and for what."""

from playerbase.kit.http import Page

PAGE = Page()
HANDLERS = ()
