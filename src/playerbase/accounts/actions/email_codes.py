"""Signing in by a code that came by mail."""

from playerbase import access, audit
from playerbase.access import Challenge, Opened, Opening, Tokens
from playerbase.accounts.actions.counting import RECOVERY, count
from playerbase.accounts.actions.entering import EMAIL_CODE, OWN_CLIENT, enter
from playerbase.accounts.actions.passwords import opened_once, tokens_or_question
from playerbase.accounts.actions.second import second
from playerbase.accounts.model import CodeLogin
from playerbase.kit.crypto import blind
from playerbase.kit.db import Kept, Key, Tx, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request, Site


async def log_in_by_code(request: Request, key: Key | None, wanted: CodeLogin) -> Tokens | Challenge | Kept:
    """Sign in whoever has the mailbox; raises SignInFailed whatever was wrong, PlayerBarred, EmailInvalid."""
    site: Site = request.site
    email = access.normal_email(wanted.email)
    await count(request, RECOVERY, email=email, what="try")
    async with transaction(site.pool) as tx:
        outcome: Opened | Challenge | Refusal | Kept = await opened_once(
            tx, key, lambda: _let_in(tx, request, email, wanted.code)
        )
    if isinstance(outcome, Refusal):
        raise outcome
    return await tokens_or_question(request, outcome)


async def _let_in(tx: Tx, request: Request, email: str, code: str) -> Opened | Challenge | Refusal:
    account = blind(request.site.keys, email, purpose="failures")[:8].hex()
    refusal: Refusal = access.SignInFailed("The code is wrong, or no longer good.")
    try:
        verdict = await access.settle_email_code(tx, request.site.keys, email, code)
    except access.PlayerBarred as barred:
        refusal = barred
    else:
        if verdict.player_id is not None:
            opening = Opening(verdict.player_id, EMAIL_CODE, OWN_CLIENT, request.agent)
            asked = await second(tx, request, opening)
            return await enter(tx, request, asked, EMAIL_CODE) if isinstance(asked, Opening) else asked
    await audit.record(
        tx,
        audit.deed(request, "authn_login_fail", "account", account, outcome="failed", reason=f"{EMAIL_CODE}"),
    )
    return refusal.noted()
