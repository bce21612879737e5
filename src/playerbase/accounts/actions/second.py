"""The second step of every way of signing in, and what is written down of codes."""

from typing import Literal
from uuid import UUID

from msgspec.structs import replace

from playerbase import access, audit
from playerbase.access import Challenge, CodeWrong, Opening, Proof
from playerbase.kit.db import Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request


async def second(
    tx: Tx,
    request: Request,
    opening: Opening,
    *,
    account: bytes | None = None,
    code: str | None = None,
    purpose: Literal["player", "browser"] = "player",
) -> Opening | Challenge | Refusal:
    """What stands between a player who is known and their session, in any way of signing in.

    The opening itself if they have no second factor, or if this is a code of it; without a code, the question for one.
    CodeWrong is returned and not raised, because what it counted must commit. ``account`` as for ``access.challenge``.
    """
    keys = request.site.keys
    if code is None:
        asked = await access.challenge(tx, keys, opening, account=account, purpose=purpose)
        if asked is None:
            return opening
        deed = audit.deed(request, "second_factor_asked", "player", opening.player_id, reason=opening.method)
        await audit.record(tx, deed)
        return asked
    if not await access.has_factor(tx, opening.player_id):
        return opening
    counted = account or await access.account_of(tx, keys, opening.player_id)
    proof = await access.settle_code(tx, keys, opening.player_id, code, counted)
    if proof.how is None:
        return await wrong(tx, request, opening.player_id, proof)
    return access.with_proof(opening, proof)


async def wrong(tx: Tx, request: Request, player_id: UUID, proof: Proof) -> Refusal:
    """Write down a wrong code, and return the one refusal there is for it, whatever was wrong."""
    deed = audit.deed(request, "second_factor_fail", "player", player_id, outcome="failed", reason=proof.why)
    deeds = (
        [deed, replace(deed, action="authn_login_lock", reason="second_factor_fail")] if proof.locked_now else [deed]
    )
    await audit.record_all(tx, deeds)
    return CodeWrong().noted()


async def entered(
    tx: Tx, request: Request, opening: Opening, reason: str, *, is_new_device: bool = False
) -> list[audit.Deed]:
    """What is written down of somebody who came in: that they did, by what, and if a recovery code was spent on it."""
    after: dict[str, object] = {"amr": list(opening.amr)} if opening.amr else {}
    after |= {"new_device": True} if is_new_device else {}
    deed = audit.deed(request, "authn_login_success", "player", opening.player_id, reason=reason, after=after or None)
    if access.RECOVERY not in opening.amr:
        return [deed]
    return [await spent(tx, request, opening.player_id, "sign_in"), deed]


async def spent(tx: Tx, request: Request, player_id: UUID, reason: str) -> audit.Deed:
    """What is written down of a recovery code that was used, and how many are left."""
    left = (await access.factor_state(tx, player_id)).recovery_codes_left
    return audit.deed(
        request, "recovery_code_used", "player", player_id, reason=reason, after={"codes_left": left}
    )  # fmt: skip
