"""The edge: what is let in, counted, and sent with every answer."""

from tests.mutations.mutation import Mutation

CURSOR = "kit/http/cursor.py"
INTAKE = "kit/http/intake.py"
WIRE = "kit/http/wire.py"

CHECKS = (
    Mutation(
        "cursor: any",
        CURSOR,
        "not is_canonical or not hmac.compare_digest(mac, self._mac(scope, body))",
        "not is_canonical",
        "kit/http/test_input.py::test_a_cursor_is_good_for_its_list_and_caller_alone",
    ),
    Mutation(
        "cursor: of another list",
        CURSOR,
        'scope.encode() + b"\\0" + body',
        "body",
        "kit/http/test_input.py::test_a_cursor_is_good_for_its_list_and_caller_alone",
    ),
    Mutation(
        "cursor: for ever",
        CURSOR,
        "if expires < clock.now().timestamp():",
        "if False:",
        "kit/http/test_input.py::test_a_cursor_ends_after_a_day",
    ),
    Mutation(
        "cursor: spelt in another way",
        CURSOR,
        "if not is_canonical or not hmac",
        "if not hmac",
        "kit/http/test_input.py::test_a_cursor_is_good_for_its_list_and_caller_alone",
    ),
    Mutation(
        "body: any size",
        INTAKE,
        "if held > BODY_BYTES_MAX:",
        "if False:",
        "kit/http/test_wire.py::test_more_than_a_megabyte_is_refused_however_it_is_sent",
    ),
    Mutation(
        "body: of any kind",
        "kit/http/faults.py",
        ('if media != b"application/json" and (media or b"").split(b";")[0].strip().lower() != b"application/json":'),
        "if False:",
        "kit/http/test_input.py::test_only_json_is_read_as_json",
    ),
    Mutation(
        "headers: doubled",
        INTAKE,
        "if names.count(name) > 1:",
        "if False:",
        "kit/http/test_wire.py::test_headers_with_one_meaning_come_once",
    ),
    Mutation(
        "headers: two hosts",
        INTAKE,
        'b"x-csrf-token", b"host"}',
        'b"x-csrf-token"}',
        "kit/http/test_wire.py::test_headers_with_one_meaning_come_once",
    ),
    Mutation(
        "headers: any size",
        INTAKE,
        "if size > HEADERS_BYTES_MAX:",
        "if False:",
        "kit/http/test_wire.py::test_heads_are_bounded",
    ),
    Mutation(
        "headers: a head without an end",
        WIRE,
        "if self._head_bytes > HEAD_BYTES_MAX:",
        "if False:",
        "kit/http/test_wire.py::test_a_head_that_never_ends_is_cut",
    ),
    Mutation(
        "headers: a byte a second",
        WIRE,
        "HEAD_SECONDS_MAX, transport.close)",
        "1_000 * HEAD_SECONDS_MAX, transport.close)",
        "kit/http/test_wire.py::test_a_head_that_takes_too_long_is_cut",
    ),
    Mutation(
        "headers: a line smuggled into an answer",
        WIRE,
        '    assert head.count(b"\\n") == len(headers) + 2, "a header holds a line break"\n',
        "",
        "kit/http/test_wire.py::test_no_value_brings_a_header_of_its_own",
    ),
    Mutation(
        "path: of any length",
        INTAKE,
        "> ADDRESS_BYTES_MAX:",
        "> 10 * ADDRESS_BYTES_MAX:",
        "kit/http/test_wire.py::test_heads_are_bounded",
    ),
    Mutation(
        "path: an encoded slash divides",
        "kit/http/routing.py",
        "                methods = None  #",
        "                pass  #",
        "kit/http/test_input.py::test_paths_are_taken_literally",
    ),
    Mutation(
        "request id: anything goes into the log",
        "kit/http/gateway.py",
        "if given is not None and _REQUEST_ID.fullmatch(given):",
        "if given is not None:",
        "kit/http/test_wire.py::test_odd_request_ids_are_replaced",
    ),
)
