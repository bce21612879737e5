"""The verbs of payments: what is done at each platform, and what it says is looked at."""

from playerbase.payments.actions.configured import configured_tills, use_tills
from playerbase.payments.actions.tills import Tills

__all__ = ["Tills", "configured_tills", "use_tills"]
