"""OpenID Connect: ID tokens, and the authorization code flow with PKCE, state and nonce."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from playerbase.federation.actions.asking import Line
from playerbase.federation.actions.signing import PublicKeys
from playerbase.federation.actions.spending import once_of
from playerbase.federation.model import Oidc, ProviderAway, ProviderRefused, Subject
from playerbase.federation.rules import tokens
from playerbase.kit import clock

DISCOVERY_SECONDS: Final = 3_600.0
DISCOVERY_SECONDS_MAX: Final = 86_400.0
CODE_CHARS_MAX: Final = 2_048


class Endpoints(
    msgspec.Struct, frozen=True, rename={"authorization": "authorization_endpoint", "token": "token_endpoint"}
):
    """Where a provider does what (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization: str
    token: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Exchanged(msgspec.Struct, frozen=True):
    """What a code is exchanged for; `scope` is left unread, since some send a list and some a text."""

    access_token: str
    id_token: str = ""
    refresh_token: str | None = None


class Discovery:
    """The endpoints a provider publishes, read again every hour; if it is away the old ones serve for a day."""

    def __init__(self, line: Line, issuer: str) -> None:
        self._line, self._issuer = line, issuer
        self._found: Endpoints | None = None
        self._read_at = float("-inf")

    async def __call__(self) -> Endpoints:
        """The endpoints; raises ProviderAway."""
        age = clock.monotonic() - self._read_at
        if self._found is not None and age < DISCOVERY_SECONDS:
            return self._found
        try:
            found = await self._read()
        except ProviderAway:
            if self._found is None or age > DISCOVERY_SECONDS_MAX:
                raise
            return self._found
        self._found, self._read_at = found, clock.monotonic()
        return found

    async def _read(self) -> Endpoints:
        # An issuer that ends in a slash has its document below that slash, not below two.
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._line.read(await self._line.get(url), Endpoints)
        if found.issuer != self._issuer:
            raise self._line.away("the document is another issuer's")
        secure = ("https://", self._issuer) if self._issuer.startswith("http://") else "https://"
        if not all(url.startswith(secure) for url in (found.authorization, found.token, found.jwks_uri)):
            raise self._line.away("an endpoint is not https")
        return found


class OidcDoor:
    """What an OpenID Connect provider says."""

    def __init__(
        self,
        line: Line,
        ours: Oidc,
        endpoints: Callable[[], Awaitable[Endpoints]],
        *,
        more: Mapping[str, str] = {},
        form: Mapping[str, str] = {},
    ) -> None:
        """`more` is asked besides when the browser is sent out, `form` when its code is exchanged."""
        self._line, self._ours, self._endpoints = line, ours, endpoints
        self._more, self._form = dict(more), dict(form)
        self._keys = PublicKeys(line, self._jwks_uri)

    async def believe(self, token: str, nonce: str | None) -> Subject:
        """Whom an ID token speaks of; raises ProviderRefused, ProviderAway."""
        claims = await self._keys.verified(token)
        reason = tokens.reject_reason(
            claims,
            issuer=tokens.is_of(self._ours.issuer),
            audience=self._ours.client_id,
            nonce=nonce,
            now=clock.now() - clock.offset(),  # Their clock is the world's, wherever ours stands.
        )
        if reason is not None:
            raise ProviderRefused.because(reason)
        email, is_verified = tokens.email_of(claims)
        return Subject(
            provider=self._ours.name,
            id=claims.sub,
            display_name=tokens.name_of(claims.name, claims.preferred_username),
            email=email,
            email_verified=is_verified,
            once=once_of(token, claims),
        )

    async def login_address(self, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the browser is sent; raises ProviderAway."""
        asked = {
            "response_type": "code",
            "client_id": self._ours.client_id,
            "redirect_uri": redirect_uri,
            "scope": self._ours.scopes,
            "state": state,
            "nonce": tokens.nonce_of(verifier),
            "code_challenge": tokens.challenge_of(verifier),
            "code_challenge_method": "S256",
            **self._more,
        }
        address = (await self._endpoints()).authorization
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def check(self, given: Mapping[str, str]) -> None:
        """Raises ProviderRefused for an answer without a code, or of another issuer (RFC 9207)."""
        if "error" in given:
            raise ProviderRefused.because("declined")
        if not 0 < len(given.get("code", "")) <= CODE_CHARS_MAX:
            raise ProviderRefused.because("code")
        endpoints = await self._endpoints()
        is_told = endpoints.authorization_response_iss_parameter_supported
        if given.get("iss", None if is_told else endpoints.issuer) != endpoints.issuer:
            raise ProviderRefused.because("issuer")

    async def exchange(self, code: str, redirect_uri: str, verifier: str) -> Exchanged:
        """What the code stands for; raises ProviderRefused, ProviderAway."""
        endpoints = await self._endpoints()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            **self._form,
        }
        headers = {}
        ours = self._ours
        if ours.client_secret and "client_secret_basic" in endpoints.token_endpoint_auth_methods_supported:
            # RFC 6749, 2.3.1: each half is form-encoded first.
            pair = f"{quote(ours.client_id, safe='')}:{quote(ours.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = ours.client_id
            if ours.client_secret:
                form["client_secret"] = ours.client_secret
        answer = await self._line.post(endpoints.token, form, headers=headers)
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise ProviderRefused.because("code")
        exchanged = self._line.read(answer, Exchanged)
        if not exchanged.id_token:
            raise self._line.away("no ID token was given")
        return exchanged

    async def _jwks_uri(self) -> str:
        return (await self._endpoints()).jwks_uri
