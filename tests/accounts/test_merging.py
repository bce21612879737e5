"""Staff and the ways players sign in: taken away, moved to who asked, declined; and who may do so."""

import asyncio
from uuid import UUID

import httpx
import msgspec
import pytest

from playerbase import access, audit, federation, identity, matches
from playerbase.accounts.actions.federated import sealed_label
from playerbase.kit.db import transaction
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, Someone, someone
from tests.console.house import report_of

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")
REASON = {"reason": "They showed both."}


class Two(msgspec.Struct, frozen=True):
    """Who asks, who owns the Steam account both speak of, what is open by it, and the request."""

    ada: Someone
    eve: Someone
    by_steam: UUID
    request_id: UUID


async def staff(people: People, role: str) -> Someone:
    who = await people.register(f"{role}@example.com", f"Some {role}")
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, who.player_id, [role], by=BY)
    return who


async def two(people: People) -> Two:
    ada = await people.register()
    eve = await people.register("eve@example.com", "Evening")
    keys = people.api.site.keys
    async with transaction(people.api.site.pool) as tx:
        subject = federation.Subject(provider="steam", id="76561197960287930", display_name="Nightfall")
        sealed = sealed_label(keys, eve.player_id, subject)
        await identity.link_once(tx, eve.player_id, "steam", b"7" * 32, sealed=sealed)
        opened = await access.open_session(tx, keys, access.Opening(eve.player_id, "steam", "playerbase", "Deck"))
        request_id = await identity.ask_to_merge(tx, asked_by=ada.player_id, owner_id=eve.player_id, provider="steam")
    return Two(ada, eve, opened.session_id, request_id)


async def execute(people: People, who: Someone, request_id: UUID, provider: str = "steam") -> httpx.Response:
    return await people.post(f"/admin/merges/{request_id}/execute", {**REASON, "provider": provider}, **who.headers)


async def decline(people: People, who: Someone, request_id: UUID) -> httpx.Response:
    return await people.post(f"/admin/merges/{request_id}/decline", REASON, **who.headers)


async def unlink(people: People, who: Someone, player_id: UUID, provider: str = "steam") -> httpx.Response:
    return await people.post(f"/admin/players/{player_id}/identities/{provider}/unlink", REASON, **who.headers)


async def owner_of(people: People) -> UUID | None:
    async with transaction(people.api.site.pool) as tx:
        return await identity.find(tx, "steam", b"7" * 32)


async def is_live(people: People, session_id: UUID) -> bool:
    found = await people.api.site.pool.fetchval(
        "select revoked_at is null from access.sessions where session_id = $1", session_id
    )
    return bool(found)


@pytest.fixture
async def admin(people: People) -> Someone:
    await people.begin()
    return await staff(people, "admin")


async def test_a_merge_is_foreseen_done_told_and_written_down(
    people: People, admin: Someone, letterbox: Letterbox
) -> None:
    both = await two(people)
    await letterbox.come()
    told = (await people.api.get(f"/api/v1/admin/merges/{both.request_id}", headers=admin.headers)).json()
    assert (told["moves"]["name"], told["owner_signs_in_by"], told["sessions_end"], told["hindrance"]) == (
        "Nightfall", ["password"], 1, None,
    )  # fmt: skip
    answer = await execute(people, admin, both.request_id)
    assert (answer.status_code, answer.json()["state"]) == (200, "merged"), answer.text
    assert await owner_of(people) == both.ada.player_id
    assert not await is_live(people, both.by_steam)
    assert await people.validate(both.eve) == 200, "what she opened by password stays open"
    linked = await people.api.get("/api/v1/player/linked-accounts", headers=both.ada.headers)
    assert [(each["provider"], each["provider_id"], each["name"]) for each in linked.json()["items"]] == [
        ("password", None, None), ("steam", "76561197960287930", "Nightfall"),
    ]  # fmt: skip
    letters = {letter.to: letter for letter in await letterbox.come()}
    assert "it now signs you in to this account" in letters["ada@example.com"].text
    assert "moved it to their account" in letters["eve@example.com"].text
    assert "Steam" in letters["ada@example.com"].text
    for action, player in (("identity_moved_in", both.ada), ("identity_moved_out", both.eve)):
        (row,) = await people.audited(action)
        assert (row["player_id"], row["outcome"], row["reason"]) == (player.player_id, "done", REASON["reason"])
        assert str(row["target_id"]) == str(both.request_id)
    whole = str(await people.api.site.pool.fetch("select before, after from audit.entries where action like 'ident%'"))
    assert str(both.ada.player_id) in whole
    assert str(both.eve.player_id) in whole
    topics = [row["topic"] for row in await people.api.site.pool.fetch("select topic from kit.events order by id")]
    assert topics[-3:] == ["player.identity_unlinked", "player.identity_linked", "merge.decided"]
    history = await people.api.get("/api/v1/player/linked-accounts/history", headers=both.ada.headers)
    assert history.json()["items"][0]["by"] == "staff", "who of them it was is not told"
    page = (await people.api.get("/portal/history", headers=both.ada.headers)).text
    assert "By staff" in page
    assert "other account" in page
    again = await execute(people, admin, both.request_id)
    assert (again.status_code, again.json()["code"]) == (409, "merge_decided")


async def test_a_declined_request_changes_nothing_but_its_answer(
    people: People, admin: Someone, letterbox: Letterbox
) -> None:
    assert admin
    both, support = await two(people), await staff(people, "support")
    await letterbox.come()
    assert (await decline(people, support, both.request_id)).json()["state"] == "declined"
    assert await owner_of(people) == both.eve.player_id
    assert await is_live(people, both.by_steam)
    letter = await letterbox.comes()
    assert (letter.to, "left both accounts as they are" in letter.text) == ("ada@example.com", True)
    assert REASON["reason"] not in letter.text
    (row,) = await people.audited("merge_declined")
    assert (row["player_id"], row["outcome"]) == (both.ada.player_id, "done")
    assert "declined" in (await people.api.get("/portal/history", headers=both.ada.headers)).text
    again = await decline(people, support, both.request_id)
    assert (again.status_code, again.json()["code"]) == (409, "merge_decided")


async def test_who_may_do_what(people: People, admin: Someone) -> None:
    both = await two(people)
    moderator, support, economy = [await staff(people, role) for role in ("moderator", "support", "economy")]
    for who in (moderator, support, economy):
        assert (await people.api.get("/console/merges", headers=who.headers)).status_code == 200
        assert (await execute(people, who, both.request_id)).status_code == 403
    for who in (moderator, economy):
        assert (await decline(people, who, both.request_id)).status_code == 403
        assert (await unlink(people, who, both.eve.player_id)).status_code == 403
    assert {row["outcome"] for row in await people.audited("accounts_execute_merge")} == {"refused"}
    assert await owner_of(people) == both.eve.player_id
    page = (await people.api.get(f"/console/merges/{both.request_id}", headers=support.headers)).text
    assert ("Decline…" in page, "Move it…" in page) == (True, False)
    page = (await people.api.get(f"/console/merges/{both.request_id}", headers=admin.headers)).text
    assert ("Decline…" in page, "Move it…" in page) == (True, True)
    page = (await people.api.get(f"/console/merges/{both.request_id}", headers=moderator.headers)).text
    assert ("Decline…" in page, "Move it…" in page) == (False, False)


async def test_nobody_decides_about_accounts_of_their_own(people: People, admin: Someone) -> None:
    both = await two(people)
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, both.eve.player_id, ["admin"], by=BY)
    for answer in (await execute(people, both.eve, both.request_id), await decline(people, both.eve, both.request_id)):
        assert (answer.status_code, answer.json()["code"]) == (403, "own_merge")
    assert await owner_of(people) == both.eve.player_id
    assert (await execute(people, admin, both.request_id)).status_code == 200


async def test_what_cannot_be_taken_back_wants_a_fresh_proof(people: People, admin: Someone) -> None:
    both = await two(people)
    await people.later(minutes=6)
    for answer in (await execute(people, admin, both.request_id), await unlink(people, admin, both.eve.player_id)):
        assert (answer.status_code, answer.json()["code"]) == (403, "reauth_required")
    assert await owner_of(people) == both.eve.player_id
    assert (await people.post("/auth/reauthenticate", {"password": PASSWORD}, **admin.headers)).status_code == 200
    assert (await execute(people, admin, both.request_id, "epic")).json()["code"] == "merge_changed"
    assert (await execute(people, admin, both.request_id)).status_code == 200


async def test_an_account_without_another_way_is_emptied_only_if_it_is_empty(people: People, admin: Someone) -> None:
    ada = await people.register()
    async with transaction(people.api.site.pool) as tx:
        eve, other = await identity.create(tx), await identity.create(tx)
        await identity.link_once(tx, eve, "steam", b"7" * 32)
        await matches.report(tx, [report_of(eve, other)])
        first = await identity.ask_to_merge(tx, asked_by=ada.player_id, owner_id=eve, provider="steam")
        await identity.link_once(tx, other, "epic", b"8" * 32)
        await tx.execute("delete from matches.appearances where player_id = $1", other)
        second = await identity.ask_to_merge(tx, asked_by=ada.player_id, owner_id=other, provider="epic")
    refused = await execute(people, admin, first)
    assert (refused.status_code, refused.json()["code"]) == (409, "owner_shut_out")
    assert await owner_of(people) == eve
    told = (await people.api.get(f"/api/v1/admin/merges/{first}", headers=admin.headers)).json()
    assert (told["owner_keeps"], told["hindrance"]) == (["matches and ratings"], "owner_shut_out")
    assert (await execute(people, admin, second, "epic")).status_code == 200


async def test_staff_takes_a_way_in_and_never_the_last(people: People, admin: Someone, letterbox: Letterbox) -> None:
    assert admin
    both, support = await two(people), await staff(people, "support")
    await letterbox.come()
    listed = await people.api.get(f"/api/v1/admin/players/{both.eve.player_id}/identities", headers=support.headers)
    assert [(each["provider"], each["name"]) for each in listed.json()["items"]] == [
        ("password", None), ("steam", "Nightfall"),
    ]  # fmt: skip
    assert "76561197960287930" not in listed.text
    page = (await people.api.get(f"/console/players/{both.eve.player_id}/ways", headers=support.headers)).text
    assert "Nightfall" in page
    assert "76561197960287930" not in page
    assert (await unlink(people, support, both.eve.player_id, "password")).json()["code"] == "not_unlinked"
    assert (await unlink(people, support, both.eve.player_id, "epic")).json()["code"] == "not_linked"
    assert (await unlink(people, support, both.eve.player_id)).status_code == 204
    assert await owner_of(people) is None
    assert not await is_live(people, both.by_steam)
    letter = await letterbox.comes()
    assert (letter.to, "Our staff removed" in letter.text) == ("eve@example.com", True)
    (row,) = await people.audited("identity_unlinked")
    assert (row["player_id"], row["outcome"], row["reason"]) == (both.eve.player_id, "done", REASON["reason"])
    guest = someone(await people.post("/auth/device/login", {"device_id": "d" * 32}))
    last = await unlink(people, support, guest.player_id, "device")
    assert (last.status_code, last.json()["code"]) == (409, "last_way")
    refused = [row["reason"] for row in await people.audited("accounts_unlink_identity")]
    assert sorted(refused) == ["last_way", "not_linked", "not_unlinked"]
    page = (await people.api.get(f"/console/players/{both.eve.player_id}/ways", headers=support.headers)).text
    assert "Some support" in page, "the history says who did it"


async def test_staff_and_owner_who_unlink_the_last_two_at_once_leave_one(people: People, admin: Someone) -> None:
    guest = someone(await people.post("/auth/device/login", {"device_id": "d" * 32}))
    async with transaction(people.api.site.pool) as tx:
        await identity.link_once(tx, guest.player_id, "steam", b"7" * 32)
    own = people.api.delete("/api/v1/auth/link/device", headers=guest.headers)
    answers = await asyncio.gather(own, unlink(people, admin, guest.player_id))
    assert sorted(each.status_code for each in answers) == [204, 409]
    async with transaction(people.api.site.pool) as tx:
        assert len(await identity.ways(tx, guest.player_id)) == 1


async def test_of_two_who_decide_at_once_one_does_and_the_other_is_told(people: People, admin: Someone) -> None:
    both, support = await two(people), await staff(people, "support")
    answers = await asyncio.gather(
        execute(people, admin, both.request_id), decline(people, support, both.request_id),
        execute(people, admin, both.request_id),
    )  # fmt: skip
    assert sorted(each.status_code for each in answers) == [200, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"merge_decided"}
    state = next(each.json()["state"] for each in answers if each.status_code == 200)
    assert await owner_of(people) == (both.ada if state == "merged" else both.eve).player_id


async def test_the_console_speaks_of_requests_that_wait(people: People, admin: Someone) -> None:
    page = (await people.api.get("/console/merges", headers=admin.headers)).text
    assert "No requests wait" in page
    both = await two(people)
    assert "asks to have two accounts made one" in (await people.api.get("/console", headers=admin.headers)).text
    page = (await people.api.get("/console/merges", headers=admin.headers)).text
    assert ("Countess" in page, "Evening" in page) == (True, True)
    assert str(both.request_id) in page
