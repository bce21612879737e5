"""The ways a call can bring no answer."""


class NoAnswer(Exception):
    """The call brought no answer; the kinds below say why."""


class Refused(NoAnswer):
    """The address or a header may not be used, and no connection was made."""


class BreakerOpen(NoAnswer):
    """The origin failed too often of late, and no connection was made."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"The origin failed too often; it is tried again in {retry_after_seconds:.1f} s.")
        self.retry_after_seconds = retry_after_seconds


class Busy(NoAnswer):
    """All connections are in use, and this call was not begun; the origin is not to blame."""


class TimedOut(NoAnswer):
    """The whole answer did not come in time; the request may have had its effect."""


class TooLarge(NoAnswer):
    """The answer is larger than was allowed for; the request may have had its effect."""


class Unreachable(NoAnswer):
    """The connection failed or broke; the request may have had its effect."""
