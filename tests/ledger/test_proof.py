"""A sound ledger is proved, and whatever is changed in it by hand is named."""

from playerbase import ledger
from playerbase.ledger.model import Flaw, Verdict
from tests.ledger.proofs import Books, books

__all__ = ["books"]


def named(verdict: Verdict) -> set[Flaw]:
    return {finding.flaw for finding in verdict.findings}


async def test_a_ledger_in_which_everything_was_done_is_proved(books: Books) -> None:
    verdict = await ledger.prove(books.pool)
    assert verdict.findings == ()
    assert verdict.holds
    checked = verdict.checked
    assert checked.transactions > 70
    assert checked.entries > 130
    assert (checked.holds, checked.lots) == (6, 4)
    assert checked.keys == checked.transactions + 1, "the refusal has one too"


async def test_however_small_the_slices_are(books: Books) -> None:
    for rows in (1, 2, 7):
        verdict = await ledger.prove(books.pool, slice_rows=rows)
        assert verdict.findings == ()
        assert verdict.checked == (await ledger.prove(books.pool)).checked
