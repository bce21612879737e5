"""The matches themselves, as game servers would know them."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

KICK_OFF = timedelta(hours=15)
PLAYED = timedelta(minutes=90)


class Fixture(msgspec.Struct, frozen=True):
    """One match of the file, in its order; winner is a side's name or None for a draw."""

    number: int
    match_id: UUID
    home: str
    away: str
    home_score: int
    away_score: int
    tournament: str
    city: str
    started_at: datetime

    @property
    def winner(self) -> str | None:
        """Who scored more."""
        if self.home_score == self.away_score:
            return None
        return self.home if self.home_score > self.away_score else self.away


def fixtures() -> list[Fixture]:
    """All matches whose score is known, oldest first, as the file orders them."""
    with (Path(__file__).parent / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["home_score"].isdigit() and row["away_score"].isdigit()]
    return [
        Fixture(
            number=number,
            match_id=uuid5(
                NAMESPACE_URL, f"playerbase:demo:{number}:{row['date']}:{row['home_team']}:{row['away_team']}"
            ),
            home=row["home_team"],
            away=row["away_team"],
            home_score=int(row["home_score"]),
            away_score=int(row["away_score"]),
            tournament=row["tournament"],
            city=row["city"],
            started_at=datetime.fromisoformat(row["date"]).replace(tzinfo=UTC) + KICK_OFF,
        )
        for number, row in enumerate(rows)
    ]
