"""The console: where the people who run the games see what needs them, and act on it."""

from playerbase.console.actions import (
    change_limit,
    discard_job,
    discard_letter,
    replay_letter,
    rerun_job,
    reset_limit,
)

__all__ = ["change_limit", "discard_job", "discard_letter", "replay_letter", "rerun_job", "reset_limit"]
