"""The portal's pages."""

from playerbase.portal.pages import address, devices, door, factor, home, profile, recovering, security, seeing, wallet

HANDLERS = (door, home, profile, security, devices, factor, recovering, address, seeing, wallet)

__all__ = ["HANDLERS"]
