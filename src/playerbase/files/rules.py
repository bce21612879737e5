"""Where a file lies, in which sizes it is shown, and which of them somebody gets."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from playerbase.files.model import File, FileSettings, Kind, NoRoomLeft, Standing, State, UploadsSpent, Use, Variant

# Largest first, of one shape.
SIZES: Final[Mapping[Kind, Sequence[tuple[int, int]]]] = {
    Kind.AVATAR: ((512, 512), (256, 256), (128, 128)),
    Kind.BANNER: ((1920, 540), (960, 270)),
}
USUAL: Final[Mapping[Kind, int]] = {Kind.AVATAR: 256, Kind.BANNER: 1920}  # What an address leads to by itself.
WEBP: Final = "image/webp"
ENDINGS: Final = {WEBP: "webp", "image/jpeg": "jpg", "image/png": "png"}
FOLDERS: Final = ("quarantine/", "sources/", "media/")
# Why a file was refused, where no image was looked at.
REASONS: Final = {
    "differs": "What was sent is not what was announced: its size or its checksum differs.",
    "missing": "What was sent is not there any more; send it again.",
    "given_up": "It could not be processed within a day; send it again.",
}


def quarantine_key(file_id: UUID) -> str:
    """Where it is sent to: nothing is ever shown or read from there but to copy it."""
    return f"quarantine/{file_id}"


def source_key(file: File) -> str:
    """Where it is read from: named by what was announced, and written by us alone."""
    digits = file.sha256.hex()
    return f"sources/{digits[:2]}/{digits}/{file.file_id}"


def media_key(variant: Variant) -> str:
    """Where what is shown lies."""
    return f"media/{variant.file_id}/{variant.width}.{ENDINGS[variant.media]}"


def file_of(key: str) -> UUID | None:
    """Which file an object belongs to; None if it belongs to none there could be."""
    folder, *rest = key.split("/")
    at = {"quarantine": 0, "sources": 2, "media": 0}.get(folder)
    try:
        return UUID(rest[at]) if at is not None else None
    except (ValueError, IndexError):
        return None


def check_room(use: Use, size: int, settings: FileSettings) -> None:
    """Raises UploadsSpent or NoRoomLeft."""
    if use.uploads >= settings.uploads_a_day:
        raise UploadsSpent(uploads_a_day=settings.uploads_a_day)
    if use.bytes + size > settings.player_bytes_max:
        raise NoRoomLeft(player_bytes_max=settings.player_bytes_max)


def chosen(variants: Sequence[Variant], width: int, accept: str) -> Variant | None:
    """The variant of this width that somebody can read: WebP for who says so, what everybody reads for all others."""
    of_width = [each for each in variants if each.width == width]
    takes_webp = any(
        part.split(";")[0].strip().lower() == WEBP and ";q=0" not in part.replace(" ", "").replace(";q=0.", ";q=.")
        for part in accept.split(",")
    )
    wanted = [each for each in of_width if (each.media == WEBP) == takes_webp]
    return next(iter(wanted or of_width), None)


def standing(file: File, reasons: Mapping[str, str]) -> Standing:
    """How an upload stands, as its owner sees it."""
    message = {**reasons, **REASONS}.get(file.fault or "")
    return Standing(file.file_id, file.kind, file.state, file.fault, message, file.made_at, file.changed_at)


IS_OVER: Final = frozenset({State.READY, State.REFUSED, State.REPLACED, State.REMOVED})
