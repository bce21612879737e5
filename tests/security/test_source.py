"""What the source must not do, whoever writes it."""

import ast
import inspect
import re

from playerbase import app, schema
from playerbase.kit.db import Tx
from tests.security.statement import ROOT
from tests.security.test_guide import trees

CODE = {"eval", "exec", "compile", "__import__"}
OBJECTS = {"pickle", "marshal", "shelve", "yaml", "xml", "lxml", "dill"}
# The random that guards nothing: names of requests and traces, pauses of different length, what the demo plays.
DICE = {
    "kit/http/gateway.py", "kit/http/wire.py", "kit/jobs/runner.py", "kit/outbox/letters.py", "kit/outbox/nats.py",
    "kit/tracing.py", "accounts/actions/federated.py", "accounts/actions/standing_by.py",
    "fulfilment/actions/settling.py", "demo/duels.py",
}  # fmt: skip
CRYPTOGRAPHY = {
    "cryptography": {"kit", "payments", "simulators"},
    "bcrypt": {"access"},
    "joserfc": {"access", "federation", "payments", "simulators"},
}
READING_IS_WRITTEN_DOWN = {"/api/v1/admin/audit", "/api/v1/admin/audit/export", "/console/audit"}


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for each in ast.walk(tree):
        if isinstance(each, ast.Import):
            found |= {name.name.partition(".")[0] for name in each.names}
        elif isinstance(each, ast.ImportFrom) and each.module and not each.level:
            found.add(each.module.partition(".")[0])
    return found


def test_nothing_is_made_into_code_or_read_as_objects() -> None:
    for name, tree in trees():
        assert not imported(tree) & OBJECTS, name
        for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            if isinstance(call.func, ast.Name):
                assert call.func.id not in CODE, f"{name}: {call.func.id}"
            elif isinstance(call.func, ast.Attribute):
                assert call.func.attr != "from_string", f"{name} makes a template of text"
                assert call.func.attr != "system", f"{name} calls a shell"
            assert not any(word.arg == "shell" for word in call.keywords), f"{name} calls a shell"


def test_randomness_that_guards_something_is_the_system_s() -> None:
    assert {name for name, tree in trees() if "random" in imported(tree)} <= DICE


def test_cryptography_stands_where_the_guide_says() -> None:
    for name, tree in trees():
        for library, modules in CRYPTOGRAPHY.items():
            assert library not in imported(tree) or name.partition("/")[0] in modules, f"{name} imports {library}"
        source = (schema.ROOT / name).read_text()
        assert not re.search(r"\bmd5\b|modes\.|algorithms\.AES\b|import padding", source), name
        sha1 = re.findall(r".*\bsha1\b.*", source)
        assert all("usedforsecurity=False" in line or name == "access/rules/totp.py" for line in sha1), name


def test_a_get_writes_nothing_but_that_it_was_read() -> None:
    writing = set()
    for route in app.ROUTES:
        takes = inspect.signature(route.function).parameters.values()
        if route.method == "GET" and any(each.annotation is Tx for each in takes):
            writing.add(route.path)
    assert writing == READING_IS_WRITTEN_DOWN


def test_scripts_keep_one_word_in_the_browser() -> None:
    kept = set()
    for path in schema.ROOT.glob("*/pages/static/*.js"):
        source = path.read_text()
        assert not re.search(r"sessionStorage|indexedDB|document\.cookie|addEventListener\(\"message\"", source), path
        kept |= set(re.findall(r"localStorage\.\w+\((\"\w+\")", source))
        assert source.count("localStorage") == len(re.findall(r"localStorage\.\w+\(\"\w+\"", source)), path
    assert kept == {'"letters"'}


def test_the_lock_names_every_library_with_its_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        pinned = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        libraries = [each for each in pinned if not each.startswith("#")]
        assert len(libraries) > 40
        for each in libraries:
            assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", each), each
            assert "--hash=sha256:" in each, each
    assert "--require-hashes" in (ROOT / "bin" / "_environment.py").read_text()
