"""Playerbase: the player platform a studio starts with one command and keeps when it grows."""
