"""Twitch: ID tokens by its published keys, access tokens by asking it, and the browser's code flow."""

from http import HTTPStatus
from typing import Final

import msgspec

from playerbase.federation.actions.asking import Line
from playerbase.federation.actions.oidc import Endpoints, OidcDoor
from playerbase.federation.model import TWITCH, Oidc, ProviderRefused, Subject, Twitch
from playerbase.federation.rules import tokens

SCOPES: Final = "openid user:read:email"
# Twitch puts into an ID token what it is asked for, and nothing besides.
CLAIMS: Final = '{"id_token":{"email":null,"email_verified":null,"preferred_username":null}}'


class Validated(msgspec.Struct, frozen=True):
    """Whose access token it is and for whom it was made; an application's own names no user."""

    client_id: str
    login: str = ""
    user_id: str = ""


class TwitchDoor:
    """What Twitch says."""

    def __init__(self, line: Line, ours: Twitch) -> None:
        self._line, self._ours = line, ours
        url = f"{ours.url}/oauth2"
        # Its token endpoint wants id and secret in the form.
        endpoints = Endpoints(url, f"{url}/authorize", f"{url}/token", f"{url}/keys", ("client_secret_post",))

        async def fixed() -> Endpoints:
            return endpoints

        client = Oidc(TWITCH, url, ours.client_id, ours.client_secret, SCOPES)
        self.code_flow = OidcDoor(line, client, fixed, more={"claims": CLAIMS})

    async def believe(self, credential: str, nonce: str | None) -> Subject:
        """Whom an ID token or an access token speaks of; raises ProviderRefused, ProviderAway."""
        if credential.count(".") == 2:  # noqa: PLR2004 - RFC 7515, 3.1: an ID token has three parts
            return await self.code_flow.believe(credential, nonce)
        if nonce is not None:
            raise ProviderRefused.because("nonce")  # An access token carries none.
        validated = await self.validate(credential)
        return Subject(provider=TWITCH, id=validated.user_id, display_name=tokens.name_of(validated.login))

    async def validate(self, access_token: str) -> Validated:
        """Whose access token this is, if it was made for us; raises ProviderRefused, ProviderAway."""
        if not (0 < len(access_token) <= tokens.TOKEN_CHARS_MAX and access_token.isascii() and access_token.isalnum()):
            raise ProviderRefused.because("token_malformed")
        headers = {"Authorization": f"OAuth {access_token}"}
        answer = await self._line.get(f"{self._ours.url}/oauth2/validate", headers=headers)
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.BAD_REQUEST}:
            raise ProviderRefused.because("token_invalid")
        validated = self._line.read(answer, Validated)
        # A token that another game was given for this user signs nobody in here.
        if validated.client_id != self._ours.client_id:
            raise ProviderRefused.because("audience")
        if not validated.user_id:
            raise ProviderRefused.because("subject")
        return validated
