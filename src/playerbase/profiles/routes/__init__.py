"""Profiles over HTTP."""

from playerbase.profiles.routes import images, profiles

HANDLERS = (profiles, images)

__all__ = ["HANDLERS"]
