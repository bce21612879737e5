"""The portal's pages."""

from playerbase.portal.pages import devices, door, home, security

HANDLERS = (door, home, security, devices)

__all__ = ["HANDLERS"]
