"""The end of a season: sealed once, signed, paid once, whatever is killed on the way; and checked from the outside."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerbase import rewards, seasons
from playerbase.boards import actions, rules
from playerbase.boards.model import Direction, Prize, PrizeBy, Source
from playerbase.kit.db import reading, transaction
from tests.boards.conftest import Arena
from tests.test_house import REPOSITORY

SCRIPT = REPOSITORY / "docs" / "guides" / "verify_standings.py"


def rfc_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\1" + rfc_root(leaves[:half]) + rfc_root(leaves[half:])).digest()


@given(size=st.integers(0, 70), block=st.sampled_from([1, 2, 4, 8]), data=st.data())
@settings(max_examples=60)
def test_a_tree_of_blocks_is_the_tree_of_all(size: int, block: int, data: st.DataObject) -> None:
    leaves = [sha256(bytes([at])).digest() for at in range(size)]
    blocks = [rules.root(leaves[at : at + block]) for at in range(0, size, block)]
    assert rules.root(blocks) == rules.root(leaves) == rfc_root(leaves)
    if size:
        at = data.draw(st.integers(0, size - 1))
        first = at // block * block
        beside = rules.path(leaves[first : first + block], at - first) + rules.path(blocks, at // block)
        assert beside == rules.path(leaves, at)
        assert rules.root_by(leaves[at], at, size, beside) == rules.root(leaves)


PRIZES = [
    Prize(by=PrizeBy.RANK, upto=1, assets={"gems": 100}, title="Champion"),
    Prize(by=PrizeBy.PERCENTILE, upto=50, assets={"gems": 10}),
    Prize(by=PrizeBy.TIER, tier="gold", assets={"coins": 5}),
]


@pytest.mark.parametrize(
    ("rank", "tier", "expected"), [(1, None, 0), (2, None, 1), (3, None, 1), (4, None, None), (5, "gold", 2)]
)
def test_the_first_prize_that_fits_is_given(rank: int, tier: str | None, expected: int | None) -> None:
    assert rules.prize_of(PRIZES, rank, 5, tier) == (None if expected is None else PRIZES[expected])
    assert rules.paid_ranks(PRIZES[:2], 5) == 3


async def fenced(arena: Arena) -> None:
    await arena.people.later(minutes=11)
    await seasons.turn(arena.api.site.pool)


class Killed(Exception):
    """The process ends here."""


async def test_a_close_that_is_killed_at_every_step_ends_as_one_that_is_not(
    arena: Arena, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("playerbase.boards.actions.sealing.PAID_AT_ONCE", 2)
    monkeypatch.setattr("playerbase.boards.actions.sealing.BLOCKS", 1)
    monkeypatch.setattr("playerbase.boards.rules.BLOCK", 2)
    board = await arena.board("high", source=Source.SERVERS, prizes=PRIZES)
    await arena.board("low", source=Source.SERVERS, direction=Direction.ASC)
    random = Random(5)
    names = [f"Player {number}" for number in range(7)]
    for name in names:
        await arena.put(name, random.randint(0, 4))
        await arena.put(name, random.randint(0, 4), "low")
    await arena.judge("hide", "Player 3")
    before = await arena.standing()
    assert (await arena.api.get(f"{arena.here}/final", headers=arena.server)).json()["code"] == "standings_not_final"
    await fenced(arena)

    site, steps = arena.api.site, 0
    keep = transaction

    # Each time it is killed one commit later; what is committed stays, and the next begins there.
    class Dying:
        left = 1

        def __call__(self, pool: object) -> object:
            if not self.left:
                raise Killed
            self.left -= 1
            return keep(pool)  # type: ignore[arg-type]  # As the original is called.

    dying = Dying()
    monkeypatch.setattr("playerbase.boards.actions.sealing.transaction", dying)
    done = False
    while not done:
        steps += 1
        dying.left = steps
        try:
            await actions.close(site.pool, arena.season.season_id)
            done = True
        except Killed:
            assert steps < 60
    assert steps > 8
    monkeypatch.setattr("playerbase.boards.actions.sealing.transaction", keep)
    await actions.close(site.pool, arena.season.season_id)
    await arena.api.drain()

    assert await arena.standing() == before
    async with reading(site.pool) as db:
        assert (await seasons.season(db, arena.season.season_id)).state is seasons.State.CLOSED
        gifts = await rewards.gifts(db, source="boards")
    by_player = {each.player_id: {part.asset: part.amount for part in each.parts if part.asset} for each in gifts}
    ranked = [(await arena.player(name)).player_id for _, name, _ in before]
    assert by_player == {ranked[0]: {"gems": 100}, ranked[1]: {"gems": 10}, ranked[2]: {"gems": 10}}
    assert len(gifts) == 3
    assert (await arena.judge("restore", "Player 3")).json()["code"] == "standings_sealed"
    assert (await arena.put("Player 1", 99)).json()["code"] == "season_takes_no_scores"
    run = await arena.run(board.board_id)
    assert (run.entries, run.sealed_at is not None) == (6, True)
    near = await arena.around(before[3][1], n=1)
    assert (near["rank"], near["is_final"], len(near["items"])) == (4, True, 3)
    assert len(await arena.people.audited("board_sealed")) == 2
    await check_from_outside(arena, tmp_path, before)


async def check_from_outside(arena: Arena, folder: Path, before: list[tuple[int, str, int]]) -> None:
    """As somebody does who has nothing but the answers."""
    who = await arena.player(before[4][1])
    final = await arena.get("final", limit=4, player_id=str(who.player_id))
    rest = await arena.get("final", limit=4, after_rank=final["next_rank"])
    assert rest["next_rank"] is None
    jwks = (await arena.api.get("/.well-known/jwks.json")).json()

    def verified(*finals: object) -> tuple[int, str]:
        paths = []
        for at, told in enumerate([jwks, *finals]):
            paths.append(folder / f"{at}.json")
            paths[-1].write_text(json.dumps(told))
        done = subprocess.run([sys.executable, SCRIPT, *paths], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = verified(final, rest)
    assert (code, "Row 5 was signed" in said, "All rows were signed" in said) == (0, True, True), said
    final["items"][0]["score_text"] = "5"
    code, said = verified(final, rest)
    assert (code, "these rows were not signed" in said) == (1, True), said
    head, body, signature = final["signed"].split(".")
    code, said = verified(final | {"signed": f"{head}.{body[:-2]}AA.{signature}"})
    assert (code, "the signature is wrong" in said) == (1, True), said

    # It is no token, whoever shows it.
    answer = await arena.api.get("/api/v1/profiles/me", headers={"authorization": f"Bearer {rest['signed']}"})
    assert answer.status_code == 401
