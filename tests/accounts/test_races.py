"""Races that are won once, between processes and across a restart; others stand beside what they are about."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.accounts.people import PASSWORD, People, Someone, someone
from tests.accounts.sessions.processes import Processes, two_processes

# One address each, as keyboards, forms and other alphabets write it.
SPELLINGS = (
    ("ada@example.com", "ADA@EXAMPLE.COM", "Ada@Example.Com", " ada@example.com "),
    ("ada@example.com", "\uff41\uff44\uff41@example.com", "ada\uff20example.com", "\U0001d41ada@example.com"),
    ("jos\u00e9@example.com", "jose\u0301@example.com", "JOS\u00c9@example.com", "JOSE\u0301@example.com"),
    ("max@stra\u00dfe.example", "MAX@STRASSE.example", "max@strasse.example", "max@STRA\u1e9eE.example"),
    ("ada@m\u00fcnchen.example", "ada@xn--mnchen-3ya.example", "ADA@MU\u0308NCHEN.example", "ada@M\u00dcNCHEN.example"),
)


@pytest.fixture
def there(dsn: str, redis_url: str, tmp_path: Path) -> Iterator[Processes]:
    """Two processes of one installation."""
    with two_processes(dsn, redis_url, tmp_path) as there:
        there.run(there.begin())
        yield there


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_of_many_who_register_one_address_in_other_letters_one_wins(
    there: Processes, spellings: tuple[str, ...]
) -> None:
    async def all_at_once() -> list[int]:
        answers = await asyncio.gather(
            *(
                there.process(number).post(
                    "/auth/register", {"email": spelling, "password": PASSWORD, "display_name": f"Somebody {number}"}
                )
                for number, spelling in enumerate(spellings * 3)
            )
        )
        return sorted(answer.status_code for answer in answers)

    assert there.run(all_at_once()) == [201] + [409] * 11
    accounts = "select count(*) from access.credentials"
    assert there.run(_value(there.process(0), accounts)) == 2, "the operator's, and one"
    players = "select count(*) from identity.players"
    assert there.run(_value(there.process(0), players)) == 2, "who loses leaves nobody behind"


def test_twenty_who_race_in_two_processes_share_one_lineage(there: Processes) -> None:
    async def race() -> None:
        ada = await there.process(0).register()
        for _ in range(3):
            answers = await asyncio.gather(*(there.process(n).refresh(ada.refresh_token) for n in range(20)))
            won = [someone(answer) for answer in answers]
            assert len({each.refresh_token for each in won}) == 1
            assert {each.session_id for each in won} == {ada.session_id}
            ada = won[7]
        live = "select count(*) from access.sessions where revoked_at is null and player_id = $1"
        assert await there.process(0).api.site.pool.fetchval(live, ada.player_id) == 1

    there.run(race())


@pytest.mark.parametrize("is_new_secret", [False, True])
def test_a_replay_after_a_restart_ends_that_session_and_no_other(there: Processes, *, is_new_secret: bool) -> None:
    async def begin() -> tuple[Someone, Someone, Someone, Someone]:
        ada = await there.process(0).register()
        phone = someone(await there.process(1).log_in())
        eve = await there.process(0).register("eve@example.com", "Evelyn")
        return ada, phone, eve, someone(await there.process(0).refresh(ada.refresh_token))

    async def replay(old: Someone) -> list[str]:
        answers = await asyncio.gather(*(there.process(n).refresh(old.refresh_token) for n in range(6)))
        return sorted(answer.json()["code"] for answer in answers)

    ada, phone, eve, latest = there.run(begin())
    there.now += timedelta(seconds=21)
    if is_new_secret:
        there.run(there.rotate_secret())
    for number in range(2):
        there.run(there.restart(number))
    assert there.run(replay(ada)) == ["refresh_reused", *["session_ended"] * 5]
    assert len(there.run(there.process(0).audited("authn_token_reuse"))) == 1, "it is told once"
    assert [there.run(there.process(1).validate(who)) for who in (latest, phone, eve)] == [401, 200, 200]
    assert there.run(there.process(0).refresh(latest.refresh_token)).json()["code"] == "session_ended"
    for who in (phone, eve):
        someone(there.run(there.process(1).refresh(who.refresh_token)))


async def _value(people: People, query: str) -> object:
    return await people.api.site.pool.fetchval(query)
