"""The pages of seasons: the calendar, and a close as it goes."""

from playerbase.kit.http import Page

PAGE = Page()
HANDLERS = ()
