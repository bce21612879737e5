"""The nouns of files: what is on its way, what is kept, and what may be sent."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, Exhausted, Fault, NotFound, Unavailable

Media = Literal["image/jpeg", "image/png", "image/webp"]
MEGABYTE = 1024 * 1024
UPLOAD_BYTES_MAX = 10 * MEGABYTE  # Whatever an operator decides: the edge takes no more.


class Kind(StrEnum):
    """What a file is for."""

    AVATAR = "avatar"
    BANNER = "banner"


class State(StrEnum):
    """Where a file is on its way."""

    DRAFT = "draft"  # An address was given out.
    UPLOADED = "uploaded"  # Its owner says that all of it is there, and so does the store.
    PROCESSING = "processing"
    READY = "ready"
    REFUSED = "refused"
    REPLACED = "replaced"  # Shown for a while to whoever still has its address.
    REMOVED = "removed"


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants to send: exactly so many bytes of this type, with this SHA-256 in hexadecimal digits."""

    size: Annotated[int, msgspec.Meta(ge=1, le=UPLOAD_BYTES_MAX)]
    content_type: Media
    checksum: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", examples=["ab" * 32])]


class File(msgspec.Struct, frozen=True):
    """A file as it lies in its table."""

    file_id: UUID
    owner_id: UUID
    kind: Kind
    state: State
    size: int
    media: str
    sha256: bytes
    fault: str | None
    made_at: datetime
    changed_at: datetime


class Variant(msgspec.Struct, frozen=True):
    """One size and type of a file."""

    file_id: UUID
    width: int
    height: int
    media: str
    size: int


class Begun(msgspec.Struct, frozen=True):
    """How to send it: this method and address with exactly these headers, before the end; then confirm it."""

    upload_id: UUID
    method: str
    upload_url: str
    headers: dict[str, str]
    expires_at: datetime


class Standing(msgspec.Struct, frozen=True):
    """How an upload stands; ``code`` and ``message`` say why it was refused."""

    upload_id: UUID
    kind: Kind
    state: State
    code: str | None
    message: str | None
    made_at: datetime
    changed_at: datetime


class FileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator decides about files."""

    # A photograph of a phone fits; what is shown of it is a hundredth of that.
    avatar_bytes_max: Annotated[int, msgspec.Meta(ge=10_000, le=UPLOAD_BYTES_MAX)] = 5 * MEGABYTE
    # A banner is drawn with care, and often saved as a large PNG.
    banner_bytes_max: Annotated[int, msgspec.Meta(ge=10_000, le=UPLOAD_BYTES_MAX)] = 10 * MEGABYTE
    # Who tries out pictures tries a handful; each costs a tenth of a second of a core.
    uploads_a_day: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 20
    # Of one player, as it was sent, what is replaced included: a month of changing one's mind.
    player_bytes_max: Annotated[int, msgspec.Meta(ge=MEGABYTE, le=2**40)] = 64 * MEGABYTE
    # Time for ten megabytes over a slow line, and no more.
    url_seconds: Annotated[int, msgspec.Meta(ge=30, le=3_600)] = 300
    # Pages and clients that kept an address go on showing the old picture for so long.
    replaced_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 30
    # What was never confirmed, or never came to an end, is swept after a day.
    abandoned_hours: Annotated[int, msgspec.Meta(ge=1, le=8_760)] = 24
    # More than any phone takes; unfolded it is what a decoding process may hold.
    pixels_max: Annotated[int, msgspec.Meta(ge=10_000, le=100_000_000)] = 40_000_000
    # Only the first frame is shown; a short animation is let in, one of thousands is an attack.
    frames_max: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 60

    def bytes_max(self, kind: Kind) -> int:
        """How large a file of this kind may be."""
        return self.banner_bytes_max if kind is Kind.BANNER else self.avatar_bytes_max


class Use(msgspec.Struct, frozen=True):
    """What one player has had of late."""

    uploads: int
    bytes: int


class Tally(msgspec.Struct, frozen=True):
    """How many files there are in a state, and how large they were as they were sent."""

    kind: Kind
    state: State
    count: int
    bytes: int


class NoSuchFile(NotFound):
    """There is no such file, or not any more."""


class NothingUploaded(Conflict):
    """Nothing was sent to the address yet, or not all of it; send it, then confirm."""


class UploadsSpent(Exhausted):
    """You have sent as many files today as one may; try again tomorrow."""


class NoRoomLeft(Exhausted):
    """Your files take as much room as one may have; what was replaced goes after some days."""


class StorageIsAway(Unavailable):
    """The storage of files cannot be reached at the moment; try again shortly."""


class FileTooLarge(Fault):
    """The file is larger than one of this kind may be."""

    def __init__(self, bytes_max: int) -> None:
        super().__init__("size", "file_too_large", f"The file is larger than {bytes_max} bytes.")
