"""The verbs of federation: believe a credential, send a browser out, take it in again."""

from playerbase.federation.actions.believing import believe, named
from playerbase.federation.actions.providers import Providers
from playerbase.federation.actions.travelling import begin, finish

__all__ = ["Providers", "begin", "believe", "finish", "named"]
