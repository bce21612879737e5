"""The portal's pages."""

from playerbase.portal.pages import devices, door, factor, home, recovering, security

HANDLERS = (door, home, security, devices, factor, recovering)

__all__ = ["HANDLERS"]
