"""Letters on their way: sealed while they wait, sent as jobs, tried again, given up."""

import asyncio
import re

import pytest

from playerbase import accounts, app
from playerbase.accounts.actions.letters import ATTEMPTS_MAX, Kind, Letter, post, send_letter
from playerbase.accounts.actions.writing import FOLDER
from playerbase.kit.db import transaction
from tests.accounts.letterbox import Letterbox, everything, received
from tests.accounts.people import PASSWORD, People, someone
from tests.kit.outside.test_mail import Sink, relay

ADA = "findable.ada@example.com"
FROM = "Playerbase <no-reply@play.example>"


def through(people: People, letterbox: Letterbox, sink: Sink) -> None:
    """From now on letters go to this relay."""
    accounts.use_postbox(
        accounts.Postbox(
            keys=people.api.site.keys, public_url="http://test", mail_from=FROM,
            smtp_url=f"smtp://127.0.0.1:{sink.port}", folder=letterbox.folder,
        )
    )  # fmt: skip


async def jobs(people: People) -> list[tuple[str, int, str]]:
    rows = await people.api.site.pool.fetch(
        "select state, attempts, fault from kit.jobs where name = 'accounts.send_letter' order by id"
    )
    return [(row["state"], row["attempts"], row["fault"]) for row in rows]


async def ask(people: People, email: str = ADA) -> None:
    assert (await people.post("/auth/password-reset", {"email": email})).status_code == 202


async def test_a_dump_shows_no_address_link_code_or_password(people: People, letterbox: Letterbox) -> None:
    ada = await people.register(ADA)
    verifying = (await letterbox.comes()).token
    waiting = await everything(people.api)
    assert "accounts.send_letter" in waiting
    assert (await people.post("/auth/email/verify", {"token": verifying})).status_code == 204
    secrets = [verifying]
    for path in ("/auth/password-reset", "/auth/email-code"):
        await people.post(path, {"email": ADA})
        secrets.append("findable")
        assert "findable" not in await everything(people.api), "while it waits"
    reset, code = await letterbox.come()
    secrets += [reset.token, code.code]
    logged = someone(await people.log_in(ADA))
    device = (await people.post("/auth/login", {"email": ADA, "password": PASSWORD})).json()["device_token"]
    body = {"email": "findable.new@example.com", "password": PASSWORD}
    assert (await people.api.put("/api/v1/auth/email", json=body, headers=ada.headers)).status_code == 202
    to_new, _ = await letterbox.come()
    secrets += [to_new.token, device, logged.refresh_token, PASSWORD, "portal/reset#", "portal/verify#"]
    dump = await everything(people.api)
    assert [secret for secret in secrets if secret in dump] == []
    assert ada.player_id.hex in dump.replace("-", ""), "the dump is whole"


async def test_a_letter_has_its_secret_in_the_fragment_and_never_in_the_subject_or_the_log(
    people: People, letterbox: Letterbox, capsys: pytest.CaptureFixture[str]
) -> None:
    await people.register(ADA)
    verifying = await letterbox.comes()
    await people.post("/auth/email/verify", {"token": verifying.token})
    await ask(people)
    await people.post("/auth/email-code", {"email": ADA})
    reset, code = await letterbox.come()
    for letter in (verifying, reset):
        assert letter.link == f"http://test/portal/{'verify' if letter is verifying else 'reset'}#token={letter.token}"
        assert f'href="{letter.link}"' in letter.html
        assert letter.token not in letter.subject
    assert code.code in code.html
    assert re.search(r"^Auto-Submitted: auto-generated", reset.whole, re.MULTILINE)
    logged = "".join(capsys.readouterr())
    for secret in (verifying.token, reset.token, code.code, ADA):
        assert secret not in logged


async def test_a_relay_that_puts_it_off_gets_the_same_letter_again(people: People, letterbox: Letterbox) -> None:
    async with relay() as sink:
        through(people, letterbox, sink)
        sink.data_reply = "451 4.7.1 findable.ada@example.com greylisted, come back"
        await people.register(ADA)
        await people.api.drain()
        ((state, attempts, fault),) = await jobs(people)
        assert (state, attempts, fault) == ("ready", 1, "LetterDelayed: The relay answered 451.")
        await people.api.drain()
        assert len(sink.taken) == 1, "not before its pause is over"
        sink.data_reply = "250 OK"
        await people.later(seconds=46)
        await people.api.drain()
        assert (await jobs(people))[0][:2] == ("done", 2)
        first, second = [received(each.content) for each in sink.taken if isinstance(each.content, bytes)]
    assert first.message_id == second.message_id
    (job_id,) = [row["id"] for row in await people.api.site.pool.fetch("select id from kit.jobs where lane = 'high'")]
    assert first.message_id == f"<{job_id}@play.example>"
    assert (first.text, first.html) == (second.text, second.html)
    assert (await people.post("/auth/email/verify", {"token": first.token})).status_code == 204


async def test_what_the_relay_says_is_not_kept_where_it_names_the_address(
    people: People, letterbox: Letterbox, capsys: pytest.CaptureFixture[str]
) -> None:
    async with relay() as sink:
        through(people, letterbox, sink)
        sink.replies[ADA] = f"450 4.2.0 <{ADA}>: Recipient address rejected"
        await people.register(ADA)
        await people.api.drain()
    assert (await jobs(people))[0][0] == "ready"
    assert "findable" not in await everything(people.api)
    assert "findable" not in "".join(capsys.readouterr())


async def test_a_relay_that_refuses_for_good_is_asked_once(people: People, letterbox: Letterbox) -> None:
    async with relay() as sink:
        through(people, letterbox, sink)
        sink.replies[ADA] = "550 5.1.1 no such user"
        await people.register(ADA)
        await people.api.drain()
        assert [state for state, _, _ in await jobs(people)] == ["done"]
        assert sink.taken == []
    (row,) = await people.audited("letter_sent")
    assert (row["outcome"], row["reason"]) == ("refused", "550")


async def test_a_relay_that_is_away_holds_nobody_up(people: People, letterbox: Letterbox) -> None:
    async with relay() as sink:
        through(people, letterbox, sink)
    await people.register(ADA)
    await ask(people)
    await people.api.drain()
    assert {(state, fault) for state, _, fault in await jobs(people)} == {
        ("ready", "LetterDelayed: The relay is away.")
    }


async def test_a_letter_whose_link_has_died_is_not_sent_late(people: People, letterbox: Letterbox) -> None:
    async with relay() as sink:
        through(people, letterbox, sink)
        await people.register(ADA)
        await people.api.drain()
        sink.taken.clear()
        sink.data_reply = "451 later"
        await ask(people)
        await people.api.drain()
        sink.data_reply = "250 OK"
        await people.later(minutes=15, seconds=1)
        await people.api.drain()
        assert len(sink.taken) == 1
    assert {state for state, _, _ in await jobs(people)} == {"done"}


async def test_tries_go_on_for_a_day_and_end(people: People, letterbox: Letterbox) -> None:
    assert send_letter.attempts_max == ATTEMPTS_MAX
    pauses = [send_letter.pauses_seconds[min(n, len(send_letter.pauses_seconds) - 1)] for n in range(ATTEMPTS_MAX - 1)]
    assert 20 * 3600 < sum(pauses) < 30 * 3600
    assert send_letter.lane == "high"
    assert send_letter in app.JOBS
    async with relay() as sink:
        through(people, letterbox, sink)
        sink.data_reply = "451 later"
        ada = await people.register(ADA)
        await people.api.drain()
        body = {"current_password": PASSWORD, "password": "Other2!donkey"}
        assert (await people.api.put("/api/v1/auth/password", json=body, headers=ada.headers)).status_code == 204
        for _ in range(ATTEMPTS_MAX + 2):
            await people.api.drain()
            await people.later(hours=3)
    ends = await jobs(people)
    assert ends[-1][:2] == ("dead", ATTEMPTS_MAX), "it waits for a person"


async def test_a_letter_delivered_twice_carries_one_secret(people: People, letterbox: Letterbox) -> None:
    await people.register(ADA)
    await letterbox.come()
    await ask(people)
    first = await letterbox.comes()
    await people.api.site.pool.execute("update kit.jobs set state = 'ready', run_at = made_at where lane = 'high'")
    letterbox._seen.clear()
    again = [letter for letter in await letterbox.come() if letter.subject == first.subject]
    assert [(letter.message_id, letter.text) for letter in again] == [(first.message_id, first.text)]
    body = {"token": first.token, "password": "Other2!donkey"}
    assert (await people.post("/auth/password-reset/confirm", body)).status_code == 204
    await people.api.site.pool.execute("update kit.jobs set state = 'ready', run_at = made_at where lane = 'high'")
    for path in letterbox.folder.glob("*.eml"):
        path.unlink()
    assert first.token not in str([letter.text for letter in await letterbox.come()]), "a used one is not sent again"
    assert (await people.post("/auth/password-reset/confirm", body)).status_code == 400


async def test_a_sealed_letter_is_good_for_its_own_job_alone(people: People) -> None:
    await people.register(ADA)
    await people.register("eve@example.com", "Evening")
    pool = people.api.site.pool
    ids = [row["id"] for row in await pool.fetch("select id from kit.jobs where state = 'ready' order by id")]
    await pool.execute(
        "update kit.jobs set args = json_build_object('letter_id', $1::text, 'sealed', args->>'sealed') where id = $2",
        str(ids[0]), ids[1],
    )  # fmt: skip
    await people.api.drain()
    states = [state for state, _, _ in await jobs(people)]
    assert states == ["done", "dead"]


async def test_a_request_that_fails_writes_to_nobody(people: People, letterbox: Letterbox) -> None:
    site = people.api.site

    async def fail() -> None:
        async with transaction(site.pool) as tx:
            await post(tx, site.keys, Kind.RESET, email=ADA)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await letterbox.come() == []
    assert await jobs(people) == []


def test_every_letter_has_a_template_that_reads_alike() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {kind.value for kind in Kind}
    for path in FOLDER.glob("*.txt"):
        head, _, body = path.read_text().partition("\n\n")
        assert re.fullmatch(r"Subject: [A-Z][^{}]{5,60}", head), path
        assert body.strip(), path
    assert Letter.__struct_fields__ == ("letter_id", "sealed")


async def test_one_mailbox_gets_so_many_letters_an_hour(people: People) -> None:
    limits = people.api.site.limits
    limits.change({name: limits.numbers[name] for name in limits.numbers if name not in {"recovery", "letters"}})
    codes = [
        (await people.post("/auth/password-reset", {"email": email})).status_code
        for email in (ADA, "nobody@example.com")
        for _ in range(5)
    ]
    assert codes == [202] * 5 + [429] * 5, "five a minute from one place"
    limits.change({**limits.numbers, "recovery": limits.numbers["auth"]})
    answers = await asyncio.gather(*(people.post("/auth/password-reset", {"email": ADA}) for _ in range(17)))
    late = [answer for answer in answers if answer.status_code == 429]
    assert len(late) == 2
    assert {answer.json()["category"] for answer in late} == {"letters"}
