"""What profiles do on the side: all levels anew, when an operator has decided on another curve."""

from playerbase.profiles.actions import reckon_levels

__all__ = ["reckon_levels"]
