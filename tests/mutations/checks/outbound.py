"""Calls to servers of others, which must not lead inside."""

from tests.mutations.mutation import Mutation

ADDRESS = "kit/outside/address.py"
DIAL = "kit/outside/dial.py"
HTTP = "kit/outside/http.py"
MAIL = "kit/outside/mail.py"

CHECKS = (
    Mutation(
        "outbound: inside",
        ADDRESS,
        "        return not any(address in network for network in _NOT_PUBLIC_V4)",
        "        return True",
        "kit/outside/test_address.py::test_an_inward_address_is_not_public",
    ),
    Mutation(
        "outbound: inside by IPv6",
        ADDRESS,
        "    if address.scope_id is not None or address not in _PUBLIC_V6:\n        return False\n",
        "",
        "kit/outside/test_address.py::test_an_inward_address_is_not_public",
    ),
    Mutation(
        "outbound: inside in disguise",
        ADDRESS,
        "    return not any(address in network for network in _NOT_PUBLIC_V6)",
        "    return True",
        "kit/outside/test_address.py::test_an_inward_address_is_not_public",
    ),
    Mutation(
        "outbound: to an internal name",
        ADDRESS,
        "if target.literal is None and is_internal_name(target.host):",
        "if False:",
        "kit/outside/test_address.py::test_an_inward_url_is_refused_before_any_look_up",
    ),
    Mutation(
        "outbound: to an internal address",
        ADDRESS,
        "if target.literal is not None and not is_public(target.literal):",
        "if False:",
        "kit/outside/test_address.py::test_an_inward_url_is_refused_before_any_look_up",
    ),
    Mutation(
        "outbound: in clear",
        ADDRESS,
        '    if target.scheme != "https":',
        "    if False:",
        "kit/outside/test_address.py::test_an_inward_url_is_refused_before_any_look_up",
    ),
    Mutation(
        "outbound: any port",
        ADDRESS,
        "    if target.port not in ports:",
        "    if False:",
        "kit/outside/test_address.py::test_an_inward_url_is_refused_before_any_look_up",
    ),
    Mutation(
        "outbound: an address spelt oddly",
        ADDRESS,
        "if _NUMBER.fullmatch(labels[-1]):",
        "if False:",
        "kit/outside/test_address.py::test_an_inward_url_is_refused_before_any_look_up",
    ),
    Mutation(
        "outbound: characters two readers read in two ways",
        ADDRESS,
        'not re.fullmatch(r"[\\x21-\\x5b\\x5d-\\x7e]+", url)',
        "False",
        "kit/outside/test_address.py::test_an_inward_url_is_refused_before_any_look_up",
    ),
    Mutation(
        "outbound: a name that leads inside",
        DIAL,
        "if not all(will_do(address) for address in addresses):",
        "if False:",
        "kit/outside/test_http_inward.py::test_a_name_with_any_inward_address_is_refused",
    ),
    Mutation(
        "outbound: a name that leads both ways",
        DIAL,
        "if not all(will_do(address)",
        "if not any(will_do(address)",
        "kit/outside/test_http_inward.py::test_a_name_with_any_inward_address_is_refused",
    ),
    Mutation(
        "outbound: looked up twice",
        DIAL,
        "                    str(address), port, timeout",
        "                    host, port, timeout",
        "kit/outside/test_http_inward.py::test_sni_certificate_and_host_are_those_of_the_name",
    ),
    Mutation(
        "outbound: a listed name in clear beyond this machine",
        HTTP,
        ('return (lambda _: True) if target.scheme == "https" else (lambda found: found.is_loopback)'),
        "return lambda _: True",
        "kit/outside/test_http_inward.py::test_listed_plain_http_stays_on_loopback",
    ),
    Mutation(
        "outbound: a list of any origins in clear",
        HTTP,
        (
            'if target.scheme == "http" and target.host != "localhost" and not (target.literal and '
            "target.literal.is_loopback):"
        ),
        "if False:",
        "kit/outside/test_http_inward.py::test_a_list_with_a_wrong_entry_does_not_start",
    ),
    Mutation(
        "outbound: one listed origin opens all",
        HTTP,
        "if target.origin not in self._allowed:",
        "if not self._allowed:",
        "kit/outside/test_http_inward.py::test_a_listed_origin_opens_that_origin_alone",
    ),
    Mutation(
        "outbound: headers that frame the request",
        HTTP,
        "if name.lower() in _OURS or not",
        "if not",
        ("kit/outside/test_http_inward.py::test_a_header_that_frames_or_redirects_the_request_is_refused"),
    ),
    Mutation(
        "outbound: a line break in a header",
        HTTP,
        " or not _HEADER_VALUE.fullmatch(value)",
        "",
        ("kit/outside/test_http_inward.py::test_a_header_that_frames_or_redirects_the_request_is_refused"),
    ),
    Mutation(
        "outbound: an answer of any size",
        HTTP,
        "        if len(body) > bytes_max:",
        "        if False:",
        "kit/outside/test_http.py::test_the_largest_body_fits_and_one_more_byte_does_not",
    ),
    Mutation(
        "outbound: an answer that never ends",
        HTTP,
        "asyncio.timeout(seconds),",
        "asyncio.timeout(None),",
        "kit/outside/test_http.py::test_a_server_that_drips_does_not_start_the_clock_anew",
    ),
    Mutation(
        "mail: a line break in a header",
        MAIL,
        '    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):',
        "    if False:",
        "kit/outside/test_mail.py::test_a_line_break_in_a_header_is_refused_without_a_connection",
    ),
    Mutation(
        "mail: two recipients",
        MAIL,
        " or not _ADDRESS.fullmatch(text):",
        ":",
        "kit/outside/test_mail.py::test_only_one_plain_address_is_written_to",
    ),
)
