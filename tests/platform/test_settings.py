"""Settings: each says why; over HTTP who sees which, what is refused, and that a change is kept with its reason."""

import json
from enum import StrEnum
from typing import Annotated

import msgspec
import pytest

from playerbase import accounts, orders
from playerbase.accounts.model import AccountSettings
from playerbase.app import PAGES
from playerbase.commerce.model import Settings as Purchases
from playerbase.kit.db import reading
from playerbase.kit.http import SettingGroup, SettingInvalid, settings_of, with_setting
from tests.accounts.desks import desk
from tests.accounts.people import People

GROUPS = [group for page in PAGES for group in page.settings]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.code)
def test_each_setting_says_what_it_is_and_why(group: SettingGroup) -> None:
    for setting in settings_of(group.holds):
        assert setting.title
        assert setting.why.endswith((".", "?"))
        assert setting.words or setting.least is not None
        assert with_setting(group.holds(), setting.name, setting.shipped) == group.holds()


class Reset(StrEnum):
    SOFT, HARD = "soft", "hard"


class Mixed(msgspec.Struct, frozen=True):
    reset: Annotated[Reset, msgspec.Meta(title="Reset", description="Why.")] = Reset.SOFT
    factor: Annotated[float, msgspec.Meta(ge=0, le=1, title="Factor", description="Why.")] = 0.6


def test_a_choice_is_one_of_its_words_and_a_fraction_lies_within_its_bounds() -> None:
    assert with_setting(Mixed(), "reset", "hard") == Mixed(reset=Reset.HARD)
    assert with_setting(Mixed(), "factor", "0.25") == Mixed(factor=0.25)
    for name, typed in (("reset", "none"), ("factor", "1.1"), ("factor", "nan"), ("factor", "1e-3"), ("factor", "")):
        with pytest.raises(SettingInvalid):
            with_setting(Mixed(), name, typed)


def test_groups_do_not_share_a_name() -> None:
    codes = [group.code for group in GROUPS]
    assert len(set(codes)) == len(codes) > 5


@pytest.mark.parametrize("typed", ["", "4", "604801", "1.5", "1e3", "٣", "60 s", "9" * 40, "on"])
def test_what_is_no_number_within_the_bounds_is_refused(typed: str) -> None:
    with pytest.raises(SettingInvalid, match=r"."):
        with_setting(Purchases(), "abandon_seconds", typed)


def test_a_number_may_be_typed_with_spaces_and_a_switch_is_on_or_off() -> None:
    assert with_setting(Purchases(), "abandon_seconds", " 90 ").abandon_seconds == 90  # type: ignore[attr-defined]
    assert with_setting(Purchases(), "demand_binding", "on") == Purchases(demand_binding=True)
    with pytest.raises(SettingInvalid):
        with_setting(Purchases(), "demand_binding", "true")


async def test_one_is_changed_and_the_others_stay(people: People) -> None:
    eve = await desk(people, "economy", "eve@example.com", "Eve")
    page = (await eve.get("/console/settings")).text
    assert "Lines of an order" in page
    assert "Twitch is asked every" not in page, "that is not hers to see"
    wrong = await eve.send(
        "POST", "/console/settings/orders/lines_max", form={"value": "51", "reason": "A sale"}, signed_by=eve.own
    )
    assert wrong.status_code == 422
    assert "A whole number from 1 to 50" in wrong.text
    done = await eve.send(
        "POST", "/console/settings/orders/lines_max", form={"value": "5", "reason": " A sale "}, signed_by=eve.own
    )
    assert done.headers["location"] == "/console/settings?told=changed#orders"
    pool = people.api.site.pool
    async with reading(pool) as db:
        held = await orders.actions.settings(db)
    assert (held.lines_max, held.quantity_max, held.review_hours) == (5, 1_000, 72)
    entry = await pool.fetchrow(
        "select reason, before, after from audit.entries where action = 'order_settings_changed'"
    )
    assert entry is not None
    assert entry["reason"] == "A sale"
    assert json.loads(entry["after"])["lines_max"] == 5
    assert "As shipped: 20" in (await eve.get("/console/settings")).text


async def test_who_may_not_is_refused_and_nothing_changes(people: People) -> None:
    sam = await desk(people)
    form = {"value": "60", "reason": "x"}
    for path, status in (
        ("catalog/items_max", 404), ("nothing/at_all", 404), ("orders/nothing", 404), ("orders/lines_max", 403),
        ("accounts/twitch_check_minutes", 403),
    ):  # fmt: skip
        refused = await sam.send("POST", f"/console/settings/{path}", form=form, signed_by=sam.own)
        assert refused.status_code == status, path
    async with reading(people.api.site.pool) as db:
        assert (await accounts.actions.settings(db)) == AccountSettings()
        assert (await orders.actions.settings(db)).lines_max == 20
