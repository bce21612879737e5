"""``playerbase audit verify``: the verification as a person or a script runs it."""

import sys

from playerbase.audit import store
from playerbase.audit.actions.verifying import verify
from playerbase.audit.model import Finding, Start
from playerbase.kit.crypto import Keys
from playerbase.kit.db import open_pool, reading, recall_keys
from playerbase.settings import Settings

ANCHORS = "audit-anchors.jsonl"  # In the home of the installation.


async def verify_command(settings: Settings, keys: Keys) -> int:
    """Verify everything, say how it goes and what was found; 0 if the log is proved whole, 1 if not."""
    anchors = settings.home / ANCHORS
    pool = await open_pool(settings.database_url, size_max=2)
    try:
        await recall_keys(pool, keys)
        verdict = await verify(pool, keys, anchors, _progress)
        async with reading(pool) as db:
            starts = await store.starts(db)
    finally:
        await pool.close()
    seconds = (verdict.ended_at - verdict.began_at).total_seconds()
    _say(f"\r{verdict.rows_checked:,} rows followed in {seconds:.1f} s, held against {anchors}.\n")
    for finding in verdict.findings:
        _say(_line(finding))
    if not verdict.holds:
        _say("The audit log is NOT as it was written.\n")
        return 1
    _say(_removed(starts))
    if not anchors.exists():
        # Whoever may cut a tail and its head may have removed the file as well: no proof is not a good one.
        _say("Every row fits. NOT proved: there are no anchors, so a tail cut off with its head would not show.\n")
        return 1
    _say("The audit log is whole.\n")
    return 0


def _progress(rows: int, total: int) -> None:
    if sys.stdout.isatty():
        _say(f"\r{rows:,} of {total:,} rows …")


def _line(finding: Finding) -> str:
    where = finding.place
    if finding.entry_id is not None and finding.at is not None:
        where += f", entry {finding.entry_id} of {finding.at:%Y-%m-%d %H:%M:%S.%f} UTC"
    return f"{finding.wrong.value.upper()}: {where}: {finding.says}\n"


def _removed(starts: list[Start]) -> str:
    until = max((start.removed_until for start in starts if start.removed_until is not None), default=None)
    rows = sum(start.seq for start in starts)
    return f"{rows:,} older rows were removed by policy, the last of {until:%Y-%m-%d %H:%M:%S} UTC.\n" if until else ""


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
