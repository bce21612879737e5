"""The portal's pages."""

from playerbase.portal.pages import devices, door, factor, home, recovering, security, seeing

HANDLERS = (door, home, security, devices, factor, recovering, seeing)

__all__ = ["HANDLERS"]
