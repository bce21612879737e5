"""Simulators: Steam, Epic, Twitch, OpenID Connect, app stores, a shop and a mailbox, to do without any of them."""

from playerbase.simulators.settings import surroundings

__all__ = ["surroundings"]
