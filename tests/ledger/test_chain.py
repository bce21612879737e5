"""What a mac covers: whatever of it is another, another block comes of it."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from playerbase.ledger import rules
from playerbase.ledger.model import Flaw, Mark, Tied

KEY = bytes(range(32))
DIGEST = hashlib.sha256(b"").digest()


def tied(previous: bytes = b"", *, chain: int = 1, block: int = 1, count: int = 2, digest: bytes = DIGEST) -> bytes:
    return rules.mac(KEY, previous, chain=chain, block=block, count=count, digest_=digest)


def test_it_is_what_the_decision_record_says() -> None:
    assert tied(b"before") == hmac.digest(KEY, b"before" + b"1:1:2:" + DIGEST, "sha256")


def test_it_covers_the_block_before_its_place_and_its_size() -> None:
    macs = {
        tied(), tied(b"before"), tied(chain=2), tied(block=2), tied(count=3), tied(digest=KEY),
        rules.mac(DIGEST, b"", chain=1, block=1, count=2, digest_=DIGEST),
    }  # fmt: skip
    assert len(macs) == 7


def test_blocks_lead_on_and_only_what_was_touched_is_named() -> None:
    first = Tied(1, 2, DIGEST, tied())
    second = Tied(2, 2, DIGEST, tied(first.mac, block=2))
    third = Tied(3, 2, DIGEST, tied(second.mac, block=3))
    at, wrong = rules.follow([KEY], Mark(1, 0), [first, second, third])
    assert (at, wrong) == (Mark(1, 3, third.mac), [])
    for blocks, flaws in (
        ([first, third], [(Flaw.BLOCK_GAP, 2)]),
        ([second, third], [(Flaw.BLOCK_GAP, 1)]),
        ([first, Tied(2, 3, DIGEST, second.mac), third], [(Flaw.BLOCK_MAC, 2)]),
        ([first, Tied(2, 2, KEY, second.mac), third], [(Flaw.BLOCK_MAC, 2)]),
        ([first, Tied(2, 2, DIGEST, KEY), third], [(Flaw.BLOCK_MAC, 2), (Flaw.BLOCK_MAC, 3)]),
    ):
        _, wrong = rules.follow([KEY], Mark(1, 0), blocks)
        assert [(finding.flaw, finding.block) for finding in wrong] == flaws
    _, wrong = rules.follow([DIGEST, KEY], Mark(1, 0), [first])
    assert wrong == [], "of a former secret"


def test_a_chain_is_to_be_written_down_each_day() -> None:
    now = datetime(2026, 5, 5, tzinfo=UTC)
    day = timedelta(days=1)
    for began, last, grew, warns in (
        (None, None, True, False), (now - day, None, True, False), (now - 3 * day, None, True, True),
        (now - 9 * day, now - day, True, False), (now - 9 * day, now - 3 * day, True, True),
        (now - 9 * day, now - 3 * day, False, False),
    ):  # fmt: skip
        assert bool(rules.judge_anchoring(began, last, now, grew=grew)) is warns
