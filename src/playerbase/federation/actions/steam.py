"""Steam: tickets of the game, and the browser's OpenID 2.0."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from playerbase.federation import store
from playerbase.federation.actions.asking import Line
from playerbase.federation.actions.spending import once
from playerbase.federation.model import STEAM, ProviderAway, ProviderBanned, ProviderRefused, Steam, Subject
from playerbase.federation.rules import steam as rules
from playerbase.federation.rules import tokens
from playerbase.kit import clock
from playerbase.kit.crypto import digest
from playerbase.kit.db import Pool, Tx, reading, transaction

# What is not said: how long a ticket lives. It ends when the game does, and few play for a week without an end.
TICKET_KEPT: Final = timedelta(days=7)
STOPS: Final = frozenset({401, 403, 429})  # A wrong key is answered 403, and asking on locks our address out.


class SteamDoor:
    """What Steam says. The publisher's key goes in a header: addresses end up in logs."""

    def __init__(self, line: Line, ours: Steam) -> None:
        self._line, self._ours = line, ours
        self._headers = {"x-webapi-key": ours.key}

    async def believe(self, pool: Pool, ticket: str) -> Subject:
        """Whose ticket this is, once; raises ProviderRefused, ProviderBanned, ProviderAway."""
        if not rules.is_ticket(ticket):
            raise ProviderRefused.because("ticket_malformed")
        used = digest(f"steam ticket {ticket.lower()}")
        async with reading(pool) as db:
            # Told before Steam is asked: a replay is not worth one of the day's calls.
            if await store.is_used(db, used, clock.now()):
                raise ProviderRefused.because("ticket_used")
        subject = self._subject(
            self._line.read(
                await self._line.get(
                    f"{self._ours.api_url}/ISteamUserAuth/AuthenticateUserTicket/v1/",
                    query={"appid": str(self._ours.app_id), "ticket": ticket, "identity": self._ours.identity},
                    headers=self._headers,
                ),
                rules.Envelope,
            )
        )
        async with transaction(pool) as tx:
            if not await once(tx, used, TICKET_KEPT):
                raise ProviderRefused.because("ticket_used")
        return subject

    async def named(self, subject: Subject) -> Subject:
        """The subject with the name they go by at Steam, if Steam tells it now: it is for show and proves nothing."""
        try:
            answer = await self._line.get(
                f"{self._ours.api_url}/ISteamUser/GetPlayerSummaries/v2/",
                query={"steamids": subject.id},
                headers=self._headers,
            )
            players = self._line.read(answer, rules.SummariesEnvelope).response.players
        except ProviderAway:
            return subject
        name = next((tokens.name_of(each.personaname) for each in players if each.steamid == subject.id), None)
        return msgspec.structs.replace(subject, display_name=name)

    def login_address(self, return_to: str) -> str:
        """Where the browser is sent."""
        realm = "{0.scheme}://{0.netloc}".format(urlsplit(return_to))
        return f"{self._ours.community_url}/openid/login?{urlencode(rules.asking(return_to, realm))}"

    def check(self, given: Mapping[str, str], return_to: str) -> None:
        """Raises ProviderRefused for an answer that need not be shown to Steam."""
        now = clock.now() - clock.offset()  # Steam's clock is the world's, wherever ours stands.
        reason = rules.suspect(given, community_url=self._ours.community_url, return_to=return_to, now=now)
        if reason is not None:
            raise ProviderRefused.because(reason)

    async def spend_nonce(self, tx: Tx, given: Mapping[str, str]) -> None:
        """Let the answer count once; raises ProviderRefused."""
        # Twice the time in which a nonce is fresh: one from a clock ahead of ours stays fresh that long.
        if not await once(tx, digest(f"steam nonce {given['openid.response_nonce']}"), 2 * rules.FRESH):
            raise ProviderRefused.because("nonce_used")

    async def confirm(self, given: Mapping[str, str]) -> Subject:
        """Who signed in, if Steam says that the answer is its own; raises ProviderRefused, ProviderAway.

        It is asked at its one address: an answer names another only to have itself confirmed by who forged it.
        """
        answer = await self._line.post(
            f"{self._ours.community_url}/openid/login", {**given, "openid.mode": "check_authentication"}
        )
        if answer.status != HTTPStatus.OK:
            raise self._line.away(f"status {answer.status}")
        steam_id = rules.claimed(given, community_url=self._ours.community_url)
        if not rules.is_confirmed(answer.body) or steam_id is None:
            raise ProviderRefused.because("not_confirmed")
        return Subject(provider=STEAM, id=steam_id)

    def _subject(self, said: rules.Envelope) -> Subject:
        verdict = said.response.params
        if said.response.error is not None or verdict is None or verdict.result != "OK":
            raise ProviderRefused.because(rules.reason_of(said.response.error))
        owner_id = verdict.ownersteamid or verdict.steamid
        if not rules.is_player(verdict.steamid) or not rules.is_player(owner_id):
            raise ProviderRefused.because("subject")
        if verdict.publisherbanned:
            raise ProviderBanned(provider=STEAM)
        return Subject(provider=STEAM, id=verdict.steamid, owner_id=owner_id, vac_banned=verdict.vacbanned)
