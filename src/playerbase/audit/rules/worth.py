"""Which refusals are worth a row."""

from collections.abc import Sequence


def is_worth_a_row(
    status: int, *, module: str, limits: Sequence[str], has_permission: bool, has_credentials: bool
) -> bool:
    """Whether a refusal is written down: what was forbidden, what touched accounts or staff's work, what guessed.

    Ordinary 404, 409 and 422 answers of the game are not: they are in the request log, and would drown the rest.
    Nor is what could not be tried, because a part was away.
    """
    if status >= 500:  # noqa: PLR2004 - where HTTP's own failures begin
        return False
    if status == 429:  # noqa: PLR2004 - HTTP's word for too many
        return "login" in limits
    if status == 403:  # noqa: PLR2004 - HTTP's word for forbidden
        return True
    if status == 401 and has_credentials:  # noqa: PLR2004 - HTTP's word for unknown
        return True
    return has_permission or module in {"accounts", "access"}
