"""Whether a reward can be given at all: asked when a table of rewards is edited, not when it is paid."""

from collections.abc import Sequence

from playerbase import catalog, ledger
from playerbase.kit.db import Db
from playerbase.kit.errors import Faults, Refusal
from playerbase.rewards import rules, store
from playerbase.rewards.actions.opening import open_parts
from playerbase.rewards.model import Part, RewardNotGivable, RewardTooLarge


async def check(db: Db, parts: Sequence[Part], *, field: str = "parts") -> None:
    """Nothing, if these parts can be given together; raises Faults that name every one of them that cannot.

    ``field`` is what the list is called in what was sent, so that each fault names its place there.
    """
    found = await faults(db, parts)
    if found:
        raise Faults(
            errors=[
                {"field": f"{field}.{at}.{name}" if at is not None else field, "code": code, "message": message}
                for at, name, code, message in found
            ]
        )


async def faults(db: Db, parts: Sequence[Part]) -> list[tuple[int | None, str, str, str]]:
    """What is wrong with these parts: which (None: all together), which field of it, a code, and a sentence."""
    found: list[tuple[int | None, str, str, str]] = []
    most = await store.parts_max(db)
    if len(parts) > most:
        found.append((None, "", "too_many", f"A reward has at most {most} parts"))
    items = await catalog.items_by_code(db, {part.item for part in parts if part.item is not None})
    assets = await ledger.assets(db)
    for at, part in enumerate(parts):
        if (shape := rules.fault_of_shape(part)) is not None:
            found.append((at, shape[0], "one_of_three", shape[1]))
        elif part.item is not None and part.item not in items:
            found.append((at, "item", "unknown", "There is no such item"))
        elif part.asset is not None and part.asset not in assets:
            found.append((at, "asset", "unknown", "There is no such asset"))
        elif (refusal := _refusal([part], items)) is not None:
            code = "not_in_game" if isinstance(refusal, RewardNotGivable) else "too_large"
            found.append((at, "item", code, refusal.title()))
    if not found and isinstance(_refusal(parts, items), RewardTooLarge):
        found.append((None, "", "too_large", RewardTooLarge.title()))
    return found


def _refusal(parts: Sequence[Part], items: dict[str, catalog.Item]) -> Refusal | None:
    try:
        open_parts(parts, items)
    except Refusal as refusal:
        return refusal
    return None
