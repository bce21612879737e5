"""The nouns of payments, by platform, and the ways a platform can fail to say yes."""
