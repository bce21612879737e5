"""What the guides tell people to type and to set."""

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path

from playerbase import demo, federation, payments, settings
from tests.homes import quick_home
from tests.journeys.installation import started

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
SAYS = (
    r"\nmatch_reported_otherwise\n",
    r"\nevent: match\.completed\ndata: ",
    r"\nevent: ladder\.settled\ndata: ",
    r'"code": "unknown"',
    r"\nidempotency-replayed: false",
    r"\nkey_reused\n",
    r"\ninsufficient_funds\n",
    r'"asset":"coins","balance":85,"held":0,',
    r"placed\nagain: 200\ninsufficient_funds\n",
    r"\nx-ratelimit-remaining: \d+",
)


class Noting(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, *filled: str) -> None:
        super().__init__(
            DATABASE_URL="postgresql://x/x", REDIS_URL="redis://x", PUBLIC_URL="http://x",
            PLAYERBASE_SECRET="A" * 44, **dict.fromkeys(filled, ""),
        )  # fmt: skip
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, default)


async def test_the_commands_of_the_guide_work_in_one_shell(tmp_path: Path) -> None:
    text = (GUIDES / "game-developer.md").read_text()
    script = "\n".join(["set -euo pipefail", *re.findall(r"```bash\n(.*?)```", text, re.DOTALL)])
    with quick_home() as home:
        async with started(home) as there:
            await demo.goods(there.dsn)
            shell = await asyncio.create_subprocess_exec(
                "bash", "-c", script, cwd=tmp_path, env={**os.environ, "URL": there.url, "KEY": there.key},
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            said, wrong = (part.decode().replace("\r", "") for part in await shell.communicate())
    assert (shell.returncode, wrong) == (0, "")
    assert [each for each in SAYS if not re.search(each, said)] == []


def test_every_setting_stands_in_the_table_and_nothing_else() -> None:
    environ = Noting()
    settings.read(environ)
    federation.configured(environ, in_production=False)
    payments.configured(environ, in_production=False)
    assert set(_listed()) == environ.asked | {"LOG_LEVEL"}


def test_the_defaults_in_the_table_are_true() -> None:
    told = settings.read(Noting())
    listed = _listed()
    assert (listed["HOST"], listed["PORT"]) == (told.host, str(told.port))
    assert listed["PLAYERBASE_ENV"] == told.env
    assert listed["PLAYERBASE_HOME"] == str(told.home)
    assert listed["DATABASE_POOL_MAX"] == str(told.pool_max)


def test_links_between_documents_lead_somewhere() -> None:
    for path in (*GUIDES.glob("*.md"), GUIDES.parents[1] / "ops" / "README.md"):
        for target in _targets(path.read_text()):
            assert (GUIDES.parents[1] / target).exists(), f"{path.name}: {target}"


def _listed() -> dict[str, str]:
    rows = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", (GUIDES / "running.md").read_text(), re.MULTILINE)
    found: dict[str, str] = {}
    for names, defaults in rows:
        codes = re.findall(r"`(.*?)`", defaults)
        found |= dict(zip(re.findall(r"`(.*?)`", names), [*codes, "", ""], strict=False))
    return found


def _targets(text: str) -> Iterator[str]:
    """Paths of this repository that a text names in full."""
    yield from re.findall(r"`((?:src|tests|docs|ops|bin)/[\w./-]+\.\w+)`", text)
