"""Pictures of players in the console: taken away by staff, and what all of them together may take."""

from typing import Any
from uuid import UUID

import msgspec

from playerbase import audit, files
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Panel, Rendering, Request, get, post, redirect, staff
from playerbase.kit.http import Line as PanelLine
from playerbase.profiles import actions
from playerbase.profiles.pages.bans import WRITE, Asked, named

FILES_MAX = 20
HERE = "/console/files"
TONES = {"ready": "good", "refused": "bad", "removed": "bad", "processing": "warn", "uploaded": "warn"}
# What an operator decides, in words: the label, what it means, and its unit.
WORDS = {
    "avatar_bytes_max": ("Avatar at most", "A photograph of a phone fits.", "bytes"),
    "banner_bytes_max": ("Banner at most", "Often saved as a large PNG.", "bytes"),
    "uploads_a_day": ("Uploads a day", "Of one player; each costs a tenth of a second of a core.", ""),
    "player_bytes_max": ("Room of a player", "As it was sent, what is replaced included.", "bytes"),
    "url_seconds": ("An address is good for", "Time to send the largest over a slow line.", "seconds"),
    "replaced_days": ("Replaced pictures stay", "For whoever still has their address.", "days"),
    "abandoned_hours": ("Abandoned uploads stay", "Then they are swept.", "hours"),
    "pixels_max": ("Pixels at most", "More is refused before anything is unfolded.", ""),
    "frames_max": ("Frames at most", "The first is shown; thousands are an attack.", ""),
}


@get("/console/players/{player_id}/images", policy=staff("players.read"), limit="console", page=True)
async def list_images(db: Db, request: Request, rendering: Rendering, player_id: UUID, told: str = "") -> Answer:
    """What a player shows now, and what they have sent of late."""
    name = await named(db, player_id)
    shown = {kind: await actions.image_of(db, player_id, kind) for kind in files.Kind}
    return rendering.page(
        request, "profiles/images.html", player_id=player_id, name=name, tones=TONES,
        shown={kind: f"/media/{found[0]}/{files.USUAL[kind]}" for kind, found in shown.items() if found},
        sent=await files.files_of(db, player_id, None, FILES_MAX),
        told="Taken away, everywhere." if told else "",
    )  # fmt: skip


@get("/console/players/{player_id}/images/{kind}/remove", policy=WRITE, limit="console", page=True)
async def ask_remove(db: Db, request: Request, rendering: Rendering, player_id: UUID, kind: files.Kind) -> Answer:
    """The question before a picture is taken away."""
    name = await named(db, player_id)
    return rendering.page(request, "profiles/image_ask.html", player_id=player_id, name=name, kind=kind.value)


@post("/console/players/{player_id}/images/{kind}/remove", policy=WRITE, limit="console", page=True)
async def remove(tx: Tx, request: Request, player_id: UUID, kind: files.Kind, form: Asked) -> Answer:
    """Take a picture away, from everywhere and at once."""
    file_id = await actions.remove_image(tx, player_id, kind)
    deed = audit.deed(
        request, "image_removed", "player", player_id, reason=form.reason,
        before={"kind": kind.value, "file_id": str(file_id) if file_id else None},
    )  # fmt: skip
    await audit.record(tx, deed)
    return redirect(f"/console/players/{player_id}/images?told=removed")


@get(HERE, policy=staff("operations.read"), limit="console", page=True)
async def read_files(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """How many files there are in which state, and what holds for all of them."""
    return rendering.page(
        request, "profiles/files.html", tally=await files.tally(db), settings=await files.settings(db), words=WORDS,
        tones=TONES, told="Saved. It holds from the next upload on." if told else "", fault="",
        may_write="operations.write" in request.caller.permissions,
    )  # fmt: skip


@post(HERE, policy=staff("operations.write"), limit="console", page=True)
async def set_files(tx: Tx, request: Request, form: files.FileSettings) -> Answer:
    """Decide what holds for all files."""
    before = await files.set_settings(tx, form, request.caller.subject)
    deed = audit.deed(
        request, "file_settings_changed", "settings", "files", before=_plain(before), after=_plain(form)
    )  # fmt: skip
    await audit.record(tx, deed)
    return redirect(f"{HERE}?told=saved")


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """A player's pictures, as a part of their page."""
    sent = await files.files_of(db, player_id, None, 3)
    lines = [
        PanelLine(each.kind.value.capitalize(), "", each.message or "", tone=TONES.get(each.state.value, "idle"),
                  state=each.state.value)
        for each in sent
    ]  # fmt: skip
    path = f"/console/players/{player_id}/images"
    return [Panel("Pictures", lines, "Has sent no pictures.", path, "Look at them")]


def _plain(settings: files.FileSettings) -> dict[str, Any]:
    return msgspec.structs.asdict(settings)
