"""The letters of one test, as they lie in the folder of an installation without a relay."""

import base64
import contextlib
import email
import re
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import msgspec
import pytest

from tests.accounts.people import People
from tests.conftest import Api

_SPELT = re.compile(r"[A-Za-z0-9+/_-]{12,}")


class Received(msgspec.Struct, frozen=True):
    """A letter: to whom, about what, and what is in it."""

    to: str
    subject: str
    text: str
    html: str
    whole: str
    message_id: str

    @property
    def link(self) -> str:
        (found,) = re.findall(r"^http\S+#token=\S+$", self.text, re.MULTILINE)
        return str(found)

    @property
    def token(self) -> str:
        return self.link.partition("#token=")[2]

    @property
    def code(self) -> str:
        (found,) = re.findall(r"^\d{8}$", self.text, re.MULTILINE)
        return str(found)


def received(letter: bytes) -> Received:
    message = email.message_from_bytes(letter, policy=default)
    assert isinstance(message, EmailMessage)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (body.get_content().replace("\r\n", "\n") if body else "" for body in bodies)
    return Received(message["To"], message["Subject"], text, html, letter.decode(), message["Message-ID"])


class Letterbox:
    """Everybody's letters, oldest first; ``come`` does a worker's work and returns those that are new."""

    def __init__(self, api: Api, folder: Path) -> None:
        self.api, self.folder = api, folder
        self._seen: set[str] = set()

    async def come(self) -> list[Received]:
        await self.api.drain()
        new = [path for path in sorted(self.folder.glob("*.eml")) if path.name not in self._seen]
        self._seen |= {path.name for path in new}
        return [received(path.read_bytes()) for path in new]

    async def comes(self) -> Received:
        (only,) = await self.come()
        return only


@pytest.fixture
async def letterbox(api: Api, people: People, tmp_path: Path) -> Letterbox:  # noqa: ARG001 - people come first
    return Letterbox(api, tmp_path / "mail")


async def everything(api: Api) -> str:
    """Every row of every table, as a dump would show it, and beside it what is only spelt in another way there."""
    tables = await api.site.pool.fetch(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables "
        "where schemaname not in ('pg_catalog', 'information_schema')"
    )
    lines = []
    for table in tables:
        rows = await api.site.pool.fetch(f"select each::text as line from {table['name']} as each")
        lines += [str(row["line"]) for row in rows]
    dump = "\n".join(lines)
    return "\n".join([dump, *_spelt_out(dump, depth=3)])


def _spelt_out(text: str, depth: int) -> list[str]:
    """What stands in it as base64 or in hexadecimal digits; bytes within JSON within bytes are both."""
    found: list[str] = []
    for word in _SPELT.findall(text) if depth else ():
        for read in (bytes.fromhex, _from_base64):
            with contextlib.suppress(ValueError):
                inner = read(word).decode("latin-1")
                found += [inner, *_spelt_out(inner, depth - 1)]
    return found


def _from_base64(word: str) -> bytes:
    return base64.b64decode(word.replace("-", "+").replace("_", "/") + "=" * (-len(word) % 4))
