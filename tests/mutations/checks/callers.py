"""Who calls, and whether this is theirs to do."""

from tests.mutations.mutation import Mutation

CALLING = "access/actions/calling.py"
STATEMENTS = "access/store.sql"
CSRF = "kit/http/csrf.py"
DOOR = "portal/pages/door.py"
CALLER = "kit/http/caller.py"
STREAMING = "platform/actions/streaming.py"

CHECKS = (
    Mutation(
        "session: ended ones live",
        CALLING,
        "    if standing is None:\n        raise SessionEnded",
        "    if standing is None:\n        return known.caller",
        "accounts/test_sessions.py::test_a_player_sees_and_ends_their_own_sessions_alone",
    ),
    Mutation(
        "session: somebody else's is ended",
        STATEMENTS,
        ("where session_id = :session_id and player_id = :player_id and revoked_at is null and expires_at > :now"),
        (
            "where session_id = :session_id and :player_id::uuid is not null and revoked_at is null "
            "and expires_at > :now"
        ),
        "accounts/test_sessions.py::test_a_player_sees_and_ends_their_own_sessions_alone",
    ),
    Mutation(
        "cookie and header at once",
        CALLING,
        "    if cookie is not None:\n        raise TwoCredentials\n",
        "",
        ("accounts/test_sessions.py::test_a_browser_is_signed_in_by_cookie_and_by_nothing_a_stranger_can_send"),
    ),
    Mutation(
        "cookie: no csrf token",
        CALLING,
        "csrf.check(request, row.session_id)",
        "pass",
        "portal/test_portal.py::test_what_is_done_with_a_cookie_needs_the_pages_token",
    ),
    Mutation(
        "cookie: expired",
        CALLING,
        "if row is None or row.expires_at <= now:",
        "if row is None:",
        ("accounts/test_sessions.py::test_a_browser_session_ends_after_an_hour_of_silence_and_half_a_day"),
    ),
    Mutation(
        "cookie: a revoked session",
        STATEMENTS,
        "and sessions.kind = 'browser' and sessions.revoked_at is null",
        "and sessions.kind = 'browser'",
        ("accounts/test_sessions.py::test_a_browser_is_signed_in_by_cookie_and_by_nothing_a_stranger_can_send"),
    ),
    Mutation(
        "cookie: from another site where anyone may",
        CALLING,
        "            csrf.check_origin(request)\n    else:\n        csrf.check(request, row.session_id)",
        "            pass\n    else:\n        csrf.check(request, row.session_id)",
        ("accounts/test_sessions.py::test_a_browser_is_signed_in_by_cookie_and_by_nothing_a_stranger_can_send"),
    ),
    Mutation(
        "csrf: any token",
        CSRF,
        "    if not any([same(given, each) for each in expected]):",
        "    if not expected:",
        "portal/test_portal.py::test_what_is_done_with_a_cookie_needs_the_pages_token",
    ),
    Mutation(
        "csrf: any origin",
        CSRF,
        "    if not is_ours:\n        raise NotFromHere",
        "    return",
        "portal/test_portal.py::test_nobody_is_signed_up_or_in_from_another_site",
    ),
    Mutation(
        "csrf: whatever origin the host header names",
        CSRF,
        'is_ours = request.headers.get(b"origin") == request.site.public_url.encode()',
        ('is_ours = request.headers.get(b"origin", b"").endswith(request.headers.get(b"host", b"-"))'),
        "portal/test_portal.py::test_nobody_is_signed_up_or_in_from_another_site",
    ),
    Mutation(
        "csrf: no origin at all",
        CSRF,
        'is_ours = request.headers.get(b"origin") == request.site.public_url.encode()',
        'is_ours = request.headers.get(b"origin") in {None, request.site.public_url.encode()}',
        "portal/test_portal.py::test_nobody_is_signed_up_or_in_from_another_site",
    ),
    Mutation(
        "csrf: forms too are safe",
        CSRF,
        'SAFE_METHODS = frozenset({"GET", "HEAD"})',
        'SAFE_METHODS = frozenset({"GET", "HEAD", "POST"})',
        "portal/test_portal.py::test_what_is_done_with_a_cookie_needs_the_pages_token",
    ),
    Mutation(
        "csrf: the token of another session",
        CSRF,
        '    expected = [hmac.digest(key, session_id.bytes, "sha256")',
        '    expected = [hmac.digest(key, b"", "sha256")',
        ("accounts/test_sessions.py::test_a_browser_is_signed_in_by_cookie_and_by_nothing_a_stranger_can_send"),
        also=(
            (
                CSRF,
                'hmac.digest(keys.subkey("csrf"), session_id.bytes, "sha256").hex()',
                'hmac.digest(keys.subkey("csrf"), b"", "sha256").hex()',
            ),
        ),
    ),
    Mutation(
        "csrf: signing in to the portal",
        DOOR,
        (
            "    csrf.check_origin(request)\n"
            "    goal = own(form.next)\n"
            "    try:\n"
            "        entry = await accounts.log_in_browser"
        ),
        "    goal = own(form.next)\n    try:\n        entry = await accounts.log_in_browser",
        "portal/test_portal.py::test_nobody_is_signed_up_or_in_from_another_site",
    ),
    Mutation(
        "csrf: signing up",
        DOOR,
        "    csrf.check_origin(request)\n    try:\n        profiles",
        "    try:\n        profiles",
        "portal/test_portal.py::test_nobody_is_signed_up_or_in_from_another_site",
    ),
    Mutation(
        "csrf: signing in to the console",
        "console/pages/door.py",
        (
            "    csrf.check_origin(request)\n"
            "    goal = own(form.next)\n"
            "    try:\n"
            "        entry = await accounts.log_in_browser"
        ),
        "    goal = own(form.next)\n    try:\n        entry = await accounts.log_in_browser",
        "console/test_console.py::test_a_form_from_elsewhere_is_refused",
    ),
    Mutation(
        "policy: anybody may",
        CALLER,
        "        raise NotAllowed(required=self.required())",
        "        return",
        "kit/http/test_caller.py::test_a_policy_lets_in_whom_it_names_and_nobody_else",
    ),
    Mutation(
        "policy: nobody is somebody",
        CALLER,
        "            raise NotSignedIn",
        "            return",
        "kit/http/test_caller.py::test_a_policy_lets_in_whom_it_names_and_nobody_else",
    ),
    Mutation(
        "policy: any scope",
        CALLER,
        "if self.scope is not None and self.scope in caller.scopes:",
        "if self.scope is not None:",
        "kit/http/test_caller.py::test_a_policy_lets_in_whom_it_names_and_nobody_else",
    ),
    Mutation(
        "policy: any permission",
        CALLER,
        "(self.permission is not None and self.permission in caller.permissions)",
        "self.permission is not None",
        "kit/http/test_caller.py::test_a_policy_lets_in_whom_it_names_and_nobody_else",
    ),
    Mutation(
        "policy: not asked",
        "kit/http/gateway.py",
        '        route.policy.check(request.caller, is_looking=route.is_page and route.method == "GET")\n',
        "",
        "access/test_calling.py::test_the_roles_in_a_token_are_worth_nothing",
    ),
    Mutation(
        "stream: outlives who listens",
        STREAMING,
        "return _audiences(caller) == self._audiences",
        "return True",
        "platform/test_stream.py::test_who_is_dismissed_hears_no_more",
    ),
    Mutation(
        "stream: outlives a session",
        STREAMING,
        "        except Refusal:\n            return False",
        "        except Refusal:\n            return True",
        "platform/test_stream.py::test_a_busy_stream_ends_with_its_session_too",
    ),
    Mutation(
        "stream: any number",
        STREAMING,
        "if _open[self._subject] >= STREAMS_MAX:",
        "if False:",
        "platform/test_stream.py::test_a_sixth_stream_is_refused_until_one_has_gone",
    ),
)
