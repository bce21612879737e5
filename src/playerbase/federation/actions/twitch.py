"""Twitch: ID tokens by its published keys, access tokens by asking it, and the browser's code flow."""

from http import HTTPStatus
from typing import Final

import msgspec

from playerbase.federation.actions.asking import Line
from playerbase.federation.actions.oidc import Endpoints, OidcDoor
from playerbase.federation.model import TWITCH, Granted, Oidc, ProviderRefused, Subject, Twitch
from playerbase.federation.rules import tokens

SCOPES: Final = "openid user:read:email"
# Twitch puts into an ID token what it is asked for, and nothing besides.
CLAIMS: Final = '{"id_token":{"email":null,"email_verified":null,"preferred_username":null}}'


class Validated(msgspec.Struct, frozen=True):
    """Whose access token it is and for whom it was made; an application's own names no user."""

    client_id: str
    login: str = ""
    user_id: str = ""


class Renewed(msgspec.Struct, frozen=True):
    """What a refresh token is exchanged for; `scope`, a list here, is left unread."""

    access_token: str
    refresh_token: str | None = None


class Mistake(msgspec.Struct, frozen=True):
    """Why Twitch does not do what it was asked."""

    message: str = ""


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

    async def renew(self, granted: Granted) -> Granted:
        """New tokens for an access token that has run out; raises ProviderRefused if there are none any more.

        ProviderAway where it is we who are not believed, or nothing can be told: that says nothing of the player.
        """
        if granted.refresh_token is None:
            raise ProviderRefused.because("token_invalid")
        form = {
            "grant_type": "refresh_token",
            "refresh_token": granted.refresh_token,
            "client_id": self._ours.client_id,
            "client_secret": self._ours.client_secret,
        }
        answer = await self._line.post(f"{self._ours.url}/oauth2/token", form)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise ProviderRefused.because("token_invalid")
        if answer.status == HTTPStatus.BAD_REQUEST:
            # It answers 400 to a wrong client as well, and that must sign nobody out.
            if "client" in _message(answer.body):
                raise self._line.away("it does not know our client")
            raise ProviderRefused.because("token_invalid")
        renewed = self._line.read(answer, Renewed)
        return Granted(renewed.access_token, renewed.refresh_token or granted.refresh_token, granted.user_id)

    async def revoke(self, access_token: str) -> None:
        """Let a token end; one that has ended already is as good. Raises ProviderAway."""
        form = {"client_id": self._ours.client_id, "token": access_token}
        answer = await self._line.post(f"{self._ours.url}/oauth2/revoke", form)
        has_ended = answer.status == HTTPStatus.BAD_REQUEST and "token" in _message(answer.body)
        if answer.status != HTTPStatus.OK and not has_ended:
            raise self._line.away(f"status {answer.status}")


def _message(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=Mistake).message.lower()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
