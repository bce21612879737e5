"""Epic: ID tokens by its published keys, and for access tokens its tokenInfo."""

import re
from http import HTTPStatus
from typing import Final

import msgspec

from playerbase.federation.actions.asking import Line
from playerbase.federation.actions.oidc import Endpoints, Exchanged, OidcDoor
from playerbase.federation.actions.signing import PublicKeys
from playerbase.federation.actions.spending import once_of
from playerbase.federation.model import EPIC, Epic, Oidc, ProviderRefused, Subject
from playerbase.federation.rules import tokens
from playerbase.kit import clock

SCOPES: Final = "basic_profile openid"  # Without openid there is no ID token.

_ACCOUNT = re.compile(r"[0-9a-f]{32}")
_OPAQUE = re.compile(r"eg1~[A-Za-z0-9._~-]{1,16000}|[A-Za-z0-9_~-]{16,16000}")


class Introspection(msgspec.Struct, frozen=True):
    """What tokenInfo says: flat, and of anybody's token, so the account alone proves nothing."""

    active: bool = False
    account_id: str = ""
    client_id: str = ""


class EpicDoor:
    """What Epic says."""

    def __init__(self, line: Line, ours: Epic) -> None:
        self._line, self._ours = line, ours
        self._oauth = f"{ours.url}/epic/oauth/v2"
        self._keys = PublicKeys(line, self._jwks_uri)
        endpoints = Endpoints(
            self._oauth,
            f"{ours.login_url}/id/authorize",
            f"{self._oauth}/token",
            f"{self._oauth}/.well-known/jwks.json",
        )

        async def fixed() -> Endpoints:
            return endpoints

        client = Oidc(EPIC, self._oauth, ours.client_id, ours.client_secret, SCOPES)
        # Which deployment a token is of it says only when it was asked for with one.
        self.code_flow = OidcDoor(
            line, client, fixed, form={"deployment_id": ours.deployment} if ours.deployment else {}
        )

    @property
    def has_browser_flow(self) -> bool:
        """Whether a browser can be sent there: only with our client's secret is its code worth anything."""
        return self._ours.client_secret is not None

    async def believe_exchanged(self, exchanged: Exchanged, nonce: str) -> Subject:
        """Whom the ID token speaks of that Epic gave us for a browser's code; raises ProviderRefused, ProviderAway.

        It is not known whether Epic repeats a nonce: one that it repeats must be ours.
        """
        return await self._by_id_token(exchanged.id_token, nonce, must_repeat=False)

    async def believe(self, credential: str, nonce: str | None) -> Subject:
        """Whom an ID token, or failing that an access token, speaks of; raises ProviderRefused, ProviderAway."""
        header = tokens.header_of(credential)
        # Access tokens are signed by the same keys, and say so in their header: they are not taken for ID tokens.
        if _OPAQUE.fullmatch(credential) or (header is not None and header.t):
            return await self._by_asking(credential, nonce)
        return await self._by_id_token(credential, nonce)

    async def _by_id_token(self, token: str, nonce: str | None, *, must_repeat: bool = True) -> Subject:
        claims = await self._keys.verified(token)
        reason = tokens.reject_reason(
            claims,
            issuer=tokens.is_below(self._ours.url),
            audience=self._ours.client_id,
            nonce=nonce if must_repeat or claims.nonce is not None else None,
            now=clock.now() - clock.offset(),  # Their clock is the world's, wherever ours stands.
        )
        # A token of the sandbox in which the game is tested must not open the one in which it is sold.
        if reason is None and self._ours.sandbox not in {None, claims.pfsid}:
            reason = "sandbox"
        if reason is None and self._ours.deployment not in {None, claims.pfdid}:
            reason = "deployment"
        if reason is None and not _ACCOUNT.fullmatch(claims.sub):
            reason = "subject"
        if reason is not None:
            raise ProviderRefused.because(reason)
        name = tokens.name_of(claims.dn)
        return Subject(provider=EPIC, id=claims.sub, display_name=name, once=once_of(token, claims))

    async def _by_asking(self, access_token: str, nonce: str | None) -> Subject:
        if self._ours.sandbox or self._ours.deployment or nonce is not None:
            # tokenInfo tells neither where a token comes from nor what it was asked for with.
            raise ProviderRefused.because("id_token_wanted")
        answer = await self._line.post(f"{self._oauth}/tokenInfo", {"token": access_token})
        if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ProviderRefused.because("token_invalid")
        found = self._line.read(answer, Introspection)
        if not found.active:
            raise ProviderRefused.because("token_invalid")
        if found.client_id != self._ours.client_id:
            raise ProviderRefused.because("audience")
        if not _ACCOUNT.fullmatch(found.account_id):
            raise ProviderRefused.because("subject")
        return Subject(provider=EPIC, id=found.account_id)

    async def _jwks_uri(self) -> str:
        return f"{self._oauth}/.well-known/jwks.json"
