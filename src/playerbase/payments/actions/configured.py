"""What jobs and reactions need from outside: the tills of this process."""

from playerbase.payments.actions.tills import Tills

_tills: Tills | None = None


def use_tills(tills: Tills) -> None:
    """Give this process its tills; once, at start."""
    global _tills  # noqa: PLW0603 - one process, one installation
    _tills = tills


def configured_tills() -> Tills:
    """What ``use_tills`` was given."""
    assert _tills is not None, "payments.use_tills(…) comes before the first job"
    return _tills
