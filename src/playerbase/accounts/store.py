"""Accounts' doors to PostgreSQL."""

from datetime import datetime

from playerbase.accounts.model import AccountSettings
from playerbase.kit.db import Db, Tx, sql


@sql
async def settings(db: Db) -> AccountSettings | None: ...
@sql
async def put_settings(tx: Tx, settings: AccountSettings, changed_by: str, now: datetime) -> None: ...
