"""The portal's pages."""

from playerbase.portal.pages import address, devices, door, factor, home, recovering, security, seeing, wallet

HANDLERS = (door, home, security, devices, factor, recovering, address, seeing, wallet)

__all__ = ["HANDLERS"]
