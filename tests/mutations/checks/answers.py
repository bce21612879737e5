"""What is sent with every answer, and where a page leads."""

from tests.mutations.mutation import Mutation

SENDING = "kit/http/sending.py"

CHECKS = (
    Mutation(
        "answer: of any type",
        SENDING,
        '    (b"x-content-type-options", b"nosniff"),\n',
        "",
        "kit/http/test_answers.py::test_headers_on_every_answer",
    ),
    Mutation(
        "answer: tells where one came from",
        SENDING,
        '    (b"referrer-policy", b"no-referrer"),\n',
        "",
        "kit/http/test_answers.py::test_headers_on_every_answer",
    ),
    Mutation(
        "answer: shares its window",
        SENDING,
        '    (b"cross-origin-opener-policy", b"same-origin"),\n',
        "",
        "kit/http/test_answers.py::test_headers_on_every_answer",
    ),
    Mutation(
        "answer: https is a matter of choice",
        SENDING,
        "always = [*_EVERYWHERE, _HSTS] if is_secure else _EVERYWHERE",
        "always = _EVERYWHERE",
        "kit/http/test_answers.py::test_headers_on_every_answer",
    ),
    Mutation(
        "answer: kept by caches",
        SENDING,
        "            headers.append(_NO_STORE)",
        "            pass",
        "kit/http/test_answers.py::test_what_a_known_caller_reads_is_stored_nowhere",
    ),
    Mutation(
        "answer: read by any origin",
        SENDING,
        "if origin is None or origin not in self._origins:",
        "if origin is None:",
        "kit/http/test_answers.py::test_only_configured_origins_may_read",
    ),
    Mutation(
        "page: scripts within",
        SENDING,
        "b\"default-src 'none'; script-src 'self'; style-src",
        "b\"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src",
        "console/test_console.py::test_pages_hold_nothing_inline",
    ),
    Mutation(
        "page: in a frame",
        SENDING,
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'\"",
        "form-action 'self'; base-uri 'none'\"",
        "portal/test_browsers.py::test_a_page_may_load_and_be_framed_by_nothing_from_elsewhere",
    ),
    Mutation(
        "page: sends its forms anywhere",
        SENDING,
        "form-action 'self'; ",
        "",
        "portal/test_browsers.py::test_a_page_may_load_and_be_framed_by_nothing_from_elsewhere",
    ),
    Mutation(
        "page: names are markup",
        "kit/http/pages.py",
        "autoescape=True",
        "autoescape=False",
        "portal/test_portal.py::test_a_name_is_text_whatever_it_holds",
    ),
    Mutation(
        "page: leads to another host",
        "kit/http/message.py",
        'if not path.startswith("/") or path.startswith(("//", "/\\\\")) or not path.isprintable():',
        "if False:",
        "kit/http/test_redirects.py::test_what_would_lead_to_another_host_leads_home",
    ),
    Mutation(
        "door: leads out of the portal",
        "portal/pages/door.py",
        "return path if is_own and",
        "return path if True and",
        "console/test_portal.py::test_the_door_leads_nowhere_else",
    ),
    Mutation(
        "door: leads out of the console",
        "console/pages/door.py",
        "return path if is_own and",
        "return path if True and",
        "console/test_door.py::test_the_door_leads_no_further_than_the_house",
    ),
)
