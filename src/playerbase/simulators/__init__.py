"""Simulators: Steam, Epic, Twitch, an OpenID Connect provider and a mailbox, to sign in without any of them."""

from playerbase.simulators.settings import surroundings

__all__ = ["surroundings"]
