"""What is sent of seasons, with its bounds."""

from datetime import datetime
from typing import Annotated

import msgspec

from playerbase.seasons.model.nouns import Draft, Reset

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Name = Annotated[
    str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]
Theme = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Number = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Factor = Annotated[float, msgspec.Meta(ge=0, le=1)]
Settle = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
Gap = Annotated[int, msgspec.Meta(ge=0, le=31_536_000)]


class SeasonDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a season is to be; what is left out of its rules follows from the settings."""

    name: Name
    starts_at: Moment
    ends_at: Moment
    theme: Theme = ""
    number: Number | None = None
    reset: Reset | None = None
    reset_factor: Factor | None = None
    settle_seconds: Settle | None = None
    gap_seconds: Gap | None = None

    def draft(self) -> Draft:
        """The same for the calendar."""
        return Draft(
            name=self.name.strip(), starts_at=self.starts_at, ends_at=self.ends_at, theme=self.theme.strip(),
            reset=self.reset, reset_factor=self.reset_factor, settle_seconds=self.settle_seconds,
            gap_seconds=self.gap_seconds,
        )  # fmt: skip
