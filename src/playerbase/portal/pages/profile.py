"""The profile: how a player appears, their pictures, and what others may see of it."""

from typing import Annotated, Any

import msgspec

from playerbase import files, profiles
from playerbase.kit.db import Db, Tx, reading, transaction
from playerbase.kit.errors import Fault, Faults
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, Site, allow_uploads, get, post, redirect
from playerbase.profiles import Change, SocialLinks

HERE = "/portal/profile"
TITLES_MAX = 100
TOLD = {
    "saved": "Saved. Others see it from now on.", "privacy": "Saved. It holds from now on.",
    "avatar": "Your avatar is gone, everywhere.", "banner": "Your banner is gone, everywhere.",
}  # fmt: skip
# Largest first; the words an upload is explained with.
PICTURES = (
    (files.Kind.AVATAR, "Avatar", "A square, at least 512 by 512 looks best."),
    (files.Kind.BANNER, "Banner", "Wide, 1920 by 540 looks best; it is cut around its middle."),
)

Text = Annotated[str, msgspec.Meta(max_length=500)]


class Written(msgspec.Struct, frozen=True):
    """What a player says of themselves; an empty field says nothing."""

    display_name: Text = ""
    bio: Text = ""
    country: Text = ""
    title: Text = ""
    colour: Text = ""
    twitch: Text = ""
    youtube: Text = ""
    twitter: Text = ""


class Chosen(msgspec.Struct, frozen=True):
    """What others may; a box that is not ticked is not sent."""

    is_public: bool = False
    accept_friend_requests: bool = False
    allow_messages: bool = False


@get(HERE, policy=PLAYER, limit="console", page=True)
async def read_profile(
    db: Db, request: Request, site: Site, caller: Caller, rendering: Rendering, told: str = ""
) -> Answer:
    """One's own profile, ready to be changed."""
    return await _page(db, request, site, caller, rendering, told=TOLD.get(told, ""))


@post(HERE, policy=PLAYER, limit="console", page=True)
async def write_profile(request: Request, site: Site, caller: Caller, rendering: Rendering, form: Written) -> Answer:
    """Say other things of oneself; what is wrong is told beside its field, and nothing of it is kept."""
    assert caller.player_id is not None
    try:
        wanted = _wanted(form)
        async with transaction(site.pool) as tx:
            await profiles.change(tx, caller.player_id, wanted)
    except Faults as refusal:
        faults = {str(each["field"]).rpartition(".")[2]: str(each["message"]) for each in _errors(refusal)}
        status = refusal.status
    except profiles.NameChangedLately as refusal:
        faults, status = {"display_name": str(refusal)}, refusal.status
    else:
        return redirect(f"{HERE}?told=saved")
    async with reading(site.pool) as db:
        return await _page(db, request, site, caller, rendering, typed=form, faults=faults, status=status)


@post(f"{HERE}/privacy", policy=PLAYER, limit="console", page=True)
async def write_privacy(tx: Tx, caller: Caller, form: Chosen) -> Answer:
    """Decide what others may see and do."""
    assert caller.player_id is not None
    wanted = Change(
        is_public=form.is_public, accept_friend_requests=form.accept_friend_requests,
        allow_messages=form.allow_messages,
    )  # fmt: skip
    await profiles.change(tx, caller.player_id, wanted)
    return redirect(f"{HERE}?told=privacy")


@post(f"{HERE}/{{kind}}/remove", policy=PLAYER, limit="console", page=True)
async def remove_picture(tx: Tx, caller: Caller, kind: files.Kind) -> Answer:
    """Have no such picture any more."""
    assert caller.player_id is not None
    await profiles.remove_image(tx, caller.player_id, kind)
    return redirect(f"{HERE}?told={kind.value}")


async def _page(
    db: Db, request: Request, site: Site, caller: Caller, rendering: Rendering, *, told: str = "",
    typed: Written | None = None, faults: dict[str, str] | None = None, status: int = 200,
) -> Answer:  # fmt: skip
    assert caller.player_id is not None
    profile = (await profiles.Profiles(site.pool).fetch(db, [caller.player_id])).get(caller.player_id)
    if profile is None:
        raise profiles.NoSuchProfile
    titles = [each.title for each in await profiles.titles_of(db, caller.player_id, "", TITLES_MAX)]
    decided = await files.settings(db)
    answer = rendering.page(
        request, "portal/profile.html", status=status, profile=profile, typed=typed or _said(profile), told=told,
        faults=faults or {}, titles=sorted({"Rookie", *titles}), bytes_max=decided.bytes_max, pictures=PICTURES,
        shown={
            files.Kind.AVATAR: _own(profile.avatar_url, site), files.Kind.BANNER: _own(profile.banner_url, site),
        },
    )  # fmt: skip
    return allow_uploads(answer, files.upload_origin(), site.public_url)


def _own(address: str | None, site: Site) -> str:
    """The path alone: a page may be read under another name of this host, and shows pictures of that."""
    return (address or "").removeprefix(site.public_url)


def _said(profile: profiles.Profile) -> Written:
    links = profile.social_links
    return Written(
        profile.display_name, profile.bio, profile.country or "", profile.title, profile.colour or "",
        links.twitch or "", links.youtube or "", links.twitter or "",
    )  # fmt: skip


def _wanted(form: Written) -> Change:
    """The change that a form asks for; raises Fault for what no change can be."""
    links = SocialLinks(form.twitch or None, form.youtube or None, form.twitter or None)
    body = {
        "display_name": form.display_name, "bio": form.bio, "country": form.country.upper() or None,
        "title": form.title or "Rookie", "colour": form.colour.lower() or None,
    }  # fmt: skip
    for name, value in body.items():
        try:
            msgspec.convert({name: value}, Change)
        except msgspec.ValidationError:
            raise Fault(name, "invalid", WRONG[name]) from None
    return msgspec.structs.replace(msgspec.convert(body, Change), social_links=links)


WRONG = {
    "display_name": "A display name has 3 to 50 printable characters.", "bio": "A bio has at most 200 characters.",
    "country": "A country is two letters, such as PT.", "title": "There is no such title.",
    "colour": "A colour is # and six hexadecimal digits, such as #3f7d58.",
}  # fmt: skip


def _errors(refusal: Faults) -> list[dict[str, Any]]:
    errors: list[dict[str, Any]] = refusal.members["errors"]  # type: ignore[assignment]  # Faults always list them.
    return errors
