"""Hashing passwords: a quarter of a second each, in a few threads of their own, with a short queue before them."""

import asyncio
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import bcrypt

from playerbase.access import rules
from playerbase.access.model import TooBusy
from playerbase.kit.crypto import Keys

T = TypeVar("T")

COST: Final = 12
COST_LEAST: Final = 4  # What bcrypt itself allows; for tests, which hash a thousand times.
SCHEME: Final = "v1"
# One core is left to answer everybody else; bcrypt lets go of the interpreter while it works.
WORKERS: Final = max(1, (os.cpu_count() or 2) - 1)
WAITING_MAX: Final = 16 * WORKERS  # About four seconds of work: who would wait longer is told so at once.
RETRY_AFTER_SECONDS: Final = 4


class Hashing:
    """The threads of this process, and how many wait for them."""

    def __init__(self, *, cost: int = COST, workers: int = WORKERS, waiting_max: int = WAITING_MAX) -> None:
        assert cost >= COST_LEAST
        self.cost = cost
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="password")
        self._most = workers + waiting_max
        self._inside = 0
        # Of nobody's password: what is checked when there is no account, so that it takes as long as if there were.
        self._nobody = bcrypt.hashpw(os.urandom(32).hex().encode(), bcrypt.gensalt(cost))

    async def make(self, keys: Keys, password: str) -> str:
        """The hash to store: ``v1$``, which pepper, and bcrypt's own text; raises TooBusy."""
        pepper = keys.subkey("pepper")
        made = await self._run(bcrypt.hashpw, rules.prehash(pepper, password), bcrypt.gensalt(self.cost))
        return f"{SCHEME}${_name(pepper)}{made.decode()}"

    async def check(self, keys: Keys, password: str, stored: str | None) -> bool:
        """Whether the password is the one that was hashed; takes as long without a hash. Raises TooBusy."""
        scheme, _, rest = (stored or "").partition("$")
        name, _, inner = rest.partition("$")
        pepper = next((each for each in keys.subkeys("pepper") if _name(each) == name), None)
        is_known = scheme == SCHEME and pepper is not None
        against = f"${inner}".encode() if is_known else self._nobody
        is_right = await self._run(bcrypt.checkpw, rules.prehash(pepper or keys.subkey("pepper"), password), against)
        return is_right and is_known

    def is_old(self, keys: Keys, stored: str) -> bool:
        """Whether it was made at a lower cost, by an older scheme or with an older pepper, and should be made anew."""
        parts = stored.split("$")
        current = [SCHEME, _name(keys.subkey("pepper")), "2b"]
        return parts[:3] != current or int(parts[3]) < self.cost

    async def _run(self, work: Callable[[bytes, bytes], T], left: bytes, right: bytes) -> T:
        if self._inside >= self._most:
            raise TooBusy(retry_after=RETRY_AFTER_SECONDS)
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, left, right)
        finally:
            self._inside -= 1


def _name(pepper: bytes) -> str:
    return hashlib.sha256(b"pepper " + pepper).hexdigest()[:8]


_hashing: Hashing | None = None


def hashing() -> Hashing:
    """This process's one."""
    global _hashing  # noqa: PLW0603 - one set of threads a process
    if _hashing is None:
        _hashing = Hashing()
    return _hashing


def use_hashing(made: Hashing) -> None:
    """Hash passwords with this from now on: for tests, at a cost that lets them end today."""
    global _hashing  # noqa: PLW0603 - as above
    _hashing = made
