"""The portal's pages."""

from playerbase.portal.pages import address, devices, door, factor, home, recovering, security, seeing

HANDLERS = (door, home, security, devices, factor, recovering, address, seeing)

__all__ = ["HANDLERS"]
