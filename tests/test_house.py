"""The rules of the house. Style that matters is checked; style that is not checked does not matter."""

import ast
import re
import typing
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grimp
import msgspec
import pytest

from playerbase import schema
from playerbase.kit.db import statements
from playerbase.kit.errors import Refusal
from playerbase.kit.http import codes

ROOT = schema.ROOT
REPOSITORY = ROOT.parents[1]
TESTS = REPOSITORY / "tests"
MODULES = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"kit"}
PARTS_OF_KIT = {path.parent.name for path in ROOT.glob("kit/*/__init__.py")}
LINES_MAX_FILE = 400
LINES_MAX_FUNCTION = 60
NAMES_REFUSED = {"Manager", "Helper", "Helpers", "Util", "Utils", "Service", "Data", "Info", "Base", "Impl"}
FILES_REFUSED = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "base.py"}
COMPOSING = {"app", "commands", "__main__", "up"}  # The composition root and the commands before it.
RECORDED_READING = {"audit"}  # Who looks into the audit log is written into it.
SLOW_STRANGERS = {"drip"}  # Slowness itself is what these imitate.
OF_THE_SERVER = re.compile(r"\bpg_(stat_activity|prepared_xacts)\b")  # Its transactions are timed by its own clock.
KEYWORDS = {
    "select", "from", "where", "with", "insert", "update", "delete", "join", "left", "lateral", "order", "group", "by",
    "having", "limit", "values", "set", "returning", "union", "and", "or", "not", "case", "when", "then", "else", "end",
}  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if "__pycache__" not in path.parts)


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


def files_of_statements() -> list[Path]:
    return sorted(
        path for path in ROOT.rglob("*.sql") if path.name != "invariants.sql" and path.parent.name != "migrations"
    )


def owner(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", sql)


def test_modules_meet_only_at_their_front_doors() -> None:
    graph = grimp.build_graph("playerbase", cache_dir=None)
    reached = [
        f"{importer} reaches past the front door of {imported.split('.')[1]}: {imported}"
        for imported in graph.modules
        if len(parts := imported.split(".")) > 2 and parts[1] in MODULES
        for importer in graph.find_modules_that_directly_import(imported)
        if importer.split(".")[1] not in {parts[1], *COMPOSING}
    ]
    assert not reached


def test_files_and_functions_fit_in_the_head() -> None:
    long = [
        str(path) for path in [*sources(), *TESTS.rglob("*.py")] if len(path.read_text().splitlines()) > LINES_MAX_FILE
    ]
    long += [
        f"{path}: {node.name}"
        for path in sources()
        for node in nodes(path)
        if isinstance(node, Function)
        if (node.end_lineno or 0) - node.lineno + 1 > LINES_MAX_FUNCTION
    ]
    assert not long


def test_a_module_says_in_one_sentence_what_it_is() -> None:
    odd = []
    for path in sources():
        said = ast.get_docstring(ast.parse(path.read_text()), clean=True)
        first = (said or "").partition("\n\n")[0]
        if not first.endswith((".", "?")) or "\n" in first:
            odd.append(f"{path}: {first!r}")
    assert not odd


def test_names_say_what_a_thing_is() -> None:
    named = [
        f"{path}: {node.name}"
        for path in sources()
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
        if NAMES_REFUSED.intersection(re.findall(r"[A-Z][a-z]+", node.name))
    ]
    named += [str(path) for path in sources() if path.name in FILES_REFUSED]
    assert not named


def test_every_statement_has_a_door_and_every_door_a_statement() -> None:
    assert files_of_statements()
    for path in files_of_statements():
        functions = [node for node in nodes(path.with_suffix(".py")) if isinstance(node, Function)]
        doors = [node for node in functions if "sql" in map(ast.unparse, node.decorator_list)]
        assert set(statements(path)) == {node.name for node in doors}, path
        for door in doors:
            first = door.args.args[0]
            kind = "" if first.annotation is None else ast.unparse(first.annotation)
            assert (first.arg, kind) in {("db", "Db"), ("tx", "Tx")}, f"{path}: {door.name}"
            writes = re.search(
                r"\b(insert|update|delete|for (no key )?update|for share|setval|advisory|set_config)\b",
                without_comments(statements(path)[door.name]),
            )
            assert first.arg == "tx" or not writes, f"{path}: {door.name} writes, and asks only for a Db"


def test_a_statement_is_used() -> None:
    # Counted once: the code looked through for each of a thousand names takes half a minute.
    said = Counter(word for path in sources() for word in re.findall(r"\w+", path.read_text()))
    for path in files_of_statements():
        for name in statements(path):
            assert said[name] > 1, f"{path}: {name}"


SQL = re.compile(
    r"\s*(select|insert\s+into|update|delete\s+from|with\s+\w+\s+as|create|alter|drop|truncate)\s", re.IGNORECASE
)
SPOKEN = re.compile(r"\b(from|into|set|where|table|schema|values|database|index)\b", re.IGNORECASE)


def test_sql_lives_in_sql_files() -> None:
    spoken = []
    for path in sources():
        inside = {node.value for node in nodes(path) if isinstance(node, ast.Expr)}
        for node in nodes(path):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in inside:
                continue
            if SQL.match(node.value) and SPOKEN.search(node.value) and not node.value.rstrip().endswith("."):
                spoken.append(f"{path}:{node.lineno}: {node.value[:60]!r}")
    # The embedded server is spoken to before there is a database, by a client of the standard library.
    assert [each for each in spoken if "/kit/engines/" not in each] == []


def test_modules_touch_only_their_own_tables() -> None:
    schemas = {*MODULES, "kit"}
    for path in ROOT.rglob("*.sql"):
        text = without_comments(path.read_text())
        named = set(
            re.findall(r"\b(?:from|join|into|update|table|references|on|index)\s+(?:only\s+)?([a-z_]+)\.[a-z_]+", text)
        )
        strangers = named & schemas - {owner(path)}
        if path.parent.name == "migrations":
            # The one thing every module may point at is that there is such a player.
            strangers -= {"identity"} if not re.search(r"identity\.(?!players\b)[a-z_]+", text) else set()
        assert not strangers, f"{path} touches {strangers}"


def test_time_is_told_to_statements() -> None:
    told = r"\b(now\(\)|current_timestamp|current_date|localtimestamp|clock_timestamp\(\)|statement_timestamp\(\))"
    for path in [*files_of_statements(), *ROOT.rglob("invariants.sql")]:
        for name, statement in statements(path).items():
            text = without_comments(statement)
            assert OF_THE_SERVER.search(text) or not re.search(told, text, re.IGNORECASE), f"{path}: {name}"


def test_statements_are_written_alike() -> None:
    for path in files_of_statements():
        text = path.read_text()
        assert "\t" not in text, path
        assert max(map(len, text.splitlines())) <= 140, path
        shouted = [word for word in re.findall(r"\b[A-Z]{2,}\b", without_comments(text)) if word.lower() in KEYWORDS]
        assert not shouted, f"{path}: {shouted}"
        for name, statement in statements(path).items():
            text = without_comments(statement).strip()
            assert not re.match(r"select\s+\*", text), f"{path}: {name}: a row is read by position, so name its columns"


def test_there_is_one_clock() -> None:
    told = re.compile(r"datetime\.(utc)?now\(|datetime\.today\(|date\.today\(")
    for path in sources():
        if path != ROOT / "kit" / "clock.py":
            assert not told.search(path.read_text()), path


def test_tests_wait_for_something_and_not_for_a_time() -> None:
    for path in TESTS.rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"asyncio.sleep", "sleep", "time.sleep"}:
                given = ast.unparse(node.args[0])
                # To let others run is not to wait; a helper that polls has a deadline, and its reason beside it.
                assert given == "0" or enclosing(path, node.lineno) in {"until", *SLOW_STRANGERS}, (
                    f"{path}:{node.lineno} sleeps"
                )


def enclosing(path: Path, line: int) -> str:
    """The name of the function this line stands in."""
    names = [
        node.name
        for node in nodes(path)
        if isinstance(node, Function) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return names[-1] if names else ""


def test_tests_do_not_imitate_our_own_code() -> None:
    for path in TESTS.rglob("*.py"):
        for node in nodes(path):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            assert not any("mock" in name for name in names), path


def test_a_lint_exception_says_why() -> None:
    bare = []
    for path in [*sources(), *TESTS.rglob("*.py")]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"#\s*(noqa|type:\s*ignore)(?!:|\[)", line) and "re.search" not in line:
                bare.append(f"{path}:{number}")
    assert not bare


MACHINE = re.compile(r"/(home|root|Users|work|mnt)/[a-z]")


def test_nothing_names_a_machine() -> None:
    tracked = [
        path for path in REPOSITORY.rglob("*") if path.suffix in {".py", ".sql", ".md", ".toml", ".html", ".lua"}
    ]
    skipped = {".venv", ".git", ".hypothesis", ".playerbase", "test-results"}
    for path in tracked:
        if skipped.isdisjoint(path.relative_to(REPOSITORY).parts) and path != Path(__file__):
            assert not MACHINE.search(path.read_text()), path


def all_routes() -> list[Any]:
    from playerbase import app  # noqa: PLC0415 - what does not import should fail these tests and no others

    return list(app.ROUTES)


def shapes(kind: Any, path: str = "") -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """Every leaf and list of a shape, with the marks on it."""
    marks: tuple[Any, ...] = ()
    while typing.get_origin(kind) is typing.Annotated:
        inner, *more = typing.get_args(kind)
        kind, marks = inner, (*marks, *more)
    arguments = typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield path, kind, marks
        for field in msgspec.structs.fields(kind):
            yield from shapes(field.type, f"{path}.{field.name}")
    elif typing.get_origin(kind) in {list, dict, tuple, frozenset, set}:
        yield path, typing.get_origin(kind), marks
        for argument in arguments:
            yield from shapes(argument, f"{path}[]")
    elif arguments and typing.get_origin(kind) is not typing.Literal:
        for argument in arguments:
            yield from shapes(argument if not marks else typing.Annotated[argument, *marks], path)
    else:
        yield path, kind, marks


def is_bounded(kind: Any, marks: tuple[Any, ...]) -> bool:
    metas = [mark for mark in marks if isinstance(mark, msgspec.Meta)]
    if kind in {int, float}:
        low = any(meta.ge is not None or meta.gt is not None for meta in metas)
        return low and any(meta.le is not None or meta.lt is not None for meta in metas)
    if kind in {str, bytes}:
        closed = any(
            meta.pattern is not None and meta.pattern.endswith("$") and "*" not in meta.pattern for meta in metas
        )
        return closed or any(meta.max_length is not None for meta in metas)
    if kind in {list, dict, frozenset, set}:
        return any(meta.max_length is not None for meta in metas)
    return kind is not Any


def test_everything_a_client_sends_is_bounded() -> None:
    from playerbase.kit.http.route import Inputs  # noqa: PLC0415 - see all_routes

    loose = []
    for route in all_routes():
        inputs = Inputs(route)
        sent = {**inputs.query, **inputs.path, "body": inputs.body, "form": inputs.form}
        for name, kind in sent.items():
            for path, leaf, marks in () if kind is None else shapes(kind, name):
                if leaf is str and name not in {"body", "form"}:
                    continue  # Whatever stands in an address is bounded by faults.PARAMETER_MAX.
                if isinstance(leaf, type) and issubclass(leaf, msgspec.Struct):
                    if not leaf.__struct_config__.forbid_unknown_fields and name != "form":
                        loose.append(f"{route.name} {path}: {leaf.__name__} takes unknown fields")
                elif not is_bounded(leaf, marks):
                    loose.append(f"{route.name} {path}: {leaf} has no bounds")
    assert not loose, "\n".join(loose)


def test_every_route_has_a_policy_a_limit_and_a_sentence() -> None:
    from playerbase.kit.redis import DEFAULTS  # noqa: PLC0415 - see all_routes

    assert all_routes()
    for route in all_routes():
        said = route.function.__doc__ or ""
        assert said.splitlines()[0].rstrip().endswith((".", "?")) if said else False, f"{route.name} says nothing"
        assert route.policy.required(), f"{route.name} is for nobody"
        assert set(route.limits) <= set(DEFAULTS), f"{route.name} counts under what is not there"
        if route.method == "GET" and "tx" in route.function.__annotations__:
            assert route.module in RECORDED_READING, f"{route.name} reads and writes"
        assert re.fullmatch(r"/[a-z0-9_/{}.-]*(:batch)?", route.path), route.path


def test_no_route_holds_a_connection_while_it_waits_for_another() -> None:
    from playerbase.kit.db import Lane, Reading  # noqa: PLC0415 - see all_routes
    from playerbase.kit.http.route import Inputs  # noqa: PLC0415 - see all_routes

    # A lane needs a connection of its own: if everybody who waits for it held one, nobody would ever be answered.
    waiting = []
    for route in all_routes():
        kinds = typing.get_type_hints(route.function).values()
        if Inputs(route).connection and any(
            isinstance(kind, type) and issubclass(kind, Lane | Reading) for kind in kinds
        ):
            waiting.append(route.name)
    assert not waiting


@pytest.mark.parametrize("kind", codes(), ids=lambda kind: kind.code)
def test_a_refusal_is_a_sentence(kind: type[Refusal]) -> None:
    assert kind.__doc__, kind
    assert kind.title().endswith((".", "?", "!")), f"{kind.__name__}: {kind.title()!r}"
    assert 400 <= kind.status <= 503
    assert re.fullmatch("[a-z][a-z0-9_]+", kind.code)


def test_a_code_means_one_thing() -> None:
    def below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    ours = {kind for kind in below(Refusal) if kind.__module__.startswith("playerbase.")}
    meant: dict[str, set[tuple[int, str]]] = {}
    for kind in ours:
        meant.setdefault(kind.code, set()).add((kind.status, kind.title()))
    assert not {code: said for code, said in meant.items() if len(said) > 1}
