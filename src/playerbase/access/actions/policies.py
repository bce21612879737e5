"""What is demanded of staff: a password of their own, and a second factor."""

from typing import Final, Literal

from msgspec.structs import replace

from playerbase import audit
from playerbase.access import store
from playerbase.access.model.factors import SecondFactorRequired
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx

STAFF_FACTOR: Final = "staff_second_factor"
Demand = Literal["required", "optional"]

_by_default: Demand = "optional"
_is_own_password_demanded = False


def demand_by_default(demand: Demand) -> None:
    """What holds until somebody decides: production requires a second factor of its staff, other places do not."""
    global _by_default  # noqa: PLW0603 - one process serves one installation
    _by_default = demand


def by_default() -> Demand:
    """What holds where nobody has decided."""
    return _by_default


def demand_own_password(is_demanded: bool) -> None:  # noqa: FBT001 - what is decided, and nothing else
    """Whether staff must choose passwords of their own before their roles hold; production says so, others do not."""
    global _is_own_password_demanded  # noqa: PLW0603 - as above
    _is_own_password_demanded = is_demanded


def is_own_password_demanded() -> bool:
    """Whether who works here on a password that was made for them is a player until they have chosen another."""
    return _is_own_password_demanded


async def is_second_factor_demanded(db: Db) -> bool:
    """Whether members of staff have their roles only while a second factor stands behind their session."""
    return (await store.policy(db, STAFF_FACTOR) or by_default()) == "required"


async def demand_second_factor(tx: Tx, demand: Demand, *, has_one: bool, by: audit.Deed) -> None:
    """Decide whether staff needs a second factor; it holds from the next request on.

    Only who has one may demand it of all: whoever has none would be out with the next request, and nobody might
    be left to let them in. Raises SecondFactorRequired.
    """
    if demand == "required" and not has_one:
        raise SecondFactorRequired("Set up a second factor of your own before you require one of others.")
    before = "required" if await is_second_factor_demanded(tx) else "optional"
    await store.put_policy(tx, STAFF_FACTOR, demand, str(by.actor_id), clock.now())
    deed = replace(
        by, action="policy_changed", target_kind="policy", target_id=STAFF_FACTOR, before={"value": before},
        after={"value": demand},
    )  # fmt: skip
    await audit.record(tx, deed)
