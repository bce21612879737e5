"""What is decided without asking anybody: what is configured, what a token or an answer must be, where one may go."""

from playerbase.federation.rules.configuring import configured, origins
from playerbase.federation.rules.paths import is_local
from playerbase.federation.rules.tokens import nonce_of

__all__ = ["configured", "is_local", "nonce_of", "origins"]
