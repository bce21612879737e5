"""What the guide says of how it protects, held against the code that does."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta

from playerbase import access, app, federation, payments, schema, settings
from playerbase.access.actions.keyring import LIFE
from playerbase.access.actions.sessions import ABSOLUTE, BROWSER_ABSOLUTE, BROWSER_IDLE, GRACE, SLIDING
from playerbase.access.rules.passwords import PRODUCT
from tests.platform.test_guides import Noting
from tests.security.statement import ROOT

GUIDE = (ROOT / "docs" / "guides" / "protecting.md").read_text()
CHAPTERS = (
    "Ways in", "Passwords", "Guessing", "Sessions", "Who may what", "Circumstances", "Keys", "Data", "Connections",
    "Logs", "Browsers", "What costs much", "Dangerous parts", "Third parties",
)  # fmt: skip
# Open to anyone, and no way in: they ask for a letter, end something, or set the colours of pages.
NO_WAYS_IN = re.compile(r"/(password-reset|email-code|verification|logout|revoke|sign-out|theme|console|portal)(/|$)")


def chapter(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in schema.ROOT.rglob("*.py"):
        yield str(path.relative_to(schema.ROOT)), ast.parse(path.read_text())


def test_every_chapter_of_the_guide_is_there() -> None:
    assert tuple(re.findall(r"^## (.*)$", GUIDE, re.MULTILINE)) == CHAPTERS
    for title in CHAPTERS:
        assert len(chapter(title).split()) > 30, title
    assert PRODUCT in chapter("Passwords")


def test_the_guide_names_every_way_in() -> None:
    told = chapter("Ways in")
    for route in app.ROUTES:
        if route.policy.anyone and route.method == "POST":
            path = route.path.removeprefix("/api/v1")
            named = path in told or path.rpartition("/")[0] in told
            assert named or NO_WAYS_IN.search(path), path


def test_the_guide_says_how_long_sessions_last() -> None:
    told = chapter("Sessions")
    for span, words in {
        BROWSER_IDLE: "60 minutes", BROWSER_ABSOLUTE: "12 hours", SLIDING: "7 days",
        ABSOLUTE: "30 days", LIFE: "15 minutes", GRACE: "20 seconds",
        timedelta(minutes=access.FRESH_MINUTES): "5 minutes",
    }.items():  # fmt: skip
        number, unit = words.split()
        assert timedelta(**{unit: int(number)}) == span
        assert words in told


def test_every_key_we_derive_is_in_the_inventory() -> None:
    used = set()
    for name, tree in trees():
        for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr in {"subkey", "subkeys"}:
                (label,) = call.args
                if isinstance(label, ast.Constant):
                    used.add(label.value)
                elif name == "access/actions/recovery.py":
                    used |= {f"one_time/{purpose.value}" for purpose in access.Purpose}
                else:
                    assert name in {"kit/crypto.py", "kit/db/kept_keys.py"}, f"{name} derives a key without a name"
            elif isinstance(call.func, ast.Name | ast.Attribute):
                called = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
                if called in {"blind", "blinds"}:
                    purposes = [word.value for word in call.keywords if word.arg == "purpose"]
                    used |= {f"index/{each.value!s}" for each in purposes if isinstance(each, ast.Constant)}
    listed = {label for line in chapter("Keys").splitlines() if line.startswith("| `")
              for label in re.findall(r"`([a-z_/]+)`", line.split("|")[1])}  # fmt: skip
    assert listed == used


def test_every_table_is_classified() -> None:
    made = set()
    for path in schema.ROOT.rglob("migrations/*.sql"):
        if not path.name.endswith(".down.sql"):
            made |= set(re.findall(r"create table (?:if not exists )?([a-z_]+\.[a-z_]+)", path.read_text()))
    told = re.findall(r"`([a-z_]+\.[a-z_]+)`", chapter("Data"))
    assert made - set(told) == set()
    assert len(set(told)) == len(told), "a table stands on two levels"


def test_the_guide_names_every_setting_that_leads_out() -> None:
    environ = Noting()
    settings.read(environ)
    federation.configured(environ, in_production=False)
    payments.configured(environ, in_production=False)
    leading_out = {name for name in environ.asked if name.endswith(("_URL", "_ENDPOINT"))} - {"PUBLIC_URL"}
    assert leading_out - set(re.findall(r"`([A-Z_]+)`", chapter("Connections"))) == set()
