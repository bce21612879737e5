"""Which addresses are public, and which URLs can be read in one way only."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase.kit.outside.address import check, is_internal_name, is_public, parse
from playerbase.kit.outside.failures import Refused

INWARD_ADDRESSES = [
    "0.0.0.0",  # noqa: S104
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:5db8:d822::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
OUTWARD_ADDRESSES = ["1.1.1.1", "93.184.216.34", "100.128.0.1", "172.32.0.1", "223.255.255.254", "2606:4700::1111"]

INWARD_URLS = [
    "http://hooks.example/",
    "http://hooks.example:443/",
    "ftp://hooks.example/",
    "file:///etc/passwd",
    "//hooks.example/",
    "hooks.example",
    "https://",
    "https:///path",
    "https:hooks.example",
    "https://hooks.example:22/",
    "https://hooks.example:80/",
    "https://hooks.example:0/",
    "https://hooks.example:99999/",
    "https://hooks.example:/",
    "https://hooks.example:443:443/",
    "https://hooks.example:+443/",
    # Numbers in disguise.
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0X7F000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.0.0.0x1/",
    "https://127.0.0.1./",
    "https://010.8.8.8/",
    "https://8.8.8.8.8/",
    "https://999.1.1.1/",
    "https://0/",
    "https://0x/",
    # Addresses written out.
    *(f"https://{f'[{text}]' if ':' in text else text}/" for text in INWARD_ADDRESSES),
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::1]:8443/",
    "https://[::1/",
    "https://[]/",
    "https://[v1.fe80::a]/",
    "https://[fe80::1%25eth0]/",
    "https://::1/",
    # Names.
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://a.localhost/",
    "https://postgres/",
    "https://printer.local/",
    "https://metadata/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://METADATA.google.INTERNAL/",
    "https://metadata.google.internal./",
    "https://metadata.goog/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://router.home.arpa/",
    # Users, and what makes readers disagree about where the host ends.
    "http://a@127.0.0.1",
    "https://a@127.0.0.1/",
    "https://hooks.example@127.0.0.1/",
    "https://a:b@hooks.example/",
    "https://@hooks.example/",
    "https://hooks.example\\@127.0.0.1/",
    "https://127.0.0.1\\.hooks.example/",
    "https://hooks.example/\\..\\",
    "https://hooks.example%2f@127.0.0.1/",
    "https://hooks.example%00.internal/",
    "https://hooks%2eexample/",
    "https://hooks_example.com/",
    "https://hooks..example/",
    "https://.hooks.example/",
    "https://-hooks.example/",
    "https://hooks-.example/",
    "https://hooks.example./",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 130}example/",
    f"https://hooks.example/{'a' * 2048}",
    "https://hooks.example/ HTTP/1.1",
    "https://hooks.example/\r\nHost: 127.0.0.1",
    "https://hooks.example/\n",
    "\thttps://hooks.example/",
    "https://hooks.example/\x00",
    "https://hooks.example/é",
    # Dots and digits of other scripts.
    "https://127\u30020\uff0e0\uff611/",
    "https://127\u30020\u30020\u30021/",
    "https://\u2460\u2461\u2466.0.0.\u2460/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://loc\u00adalhost/",
    "https://\u24dbocalhost/",
    "https://hooks\uff61example/",
]


@pytest.mark.parametrize("text", INWARD_ADDRESSES)
def test_an_inward_address_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", OUTWARD_ADDRESSES)
def test_an_outward_address_is_public(text: str) -> None:
    assert is_public(ip_address(text))
    check(parse(f"https://{f'[{text}]' if ':' in text else text}/"))


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_private(address: IPv4Address | IPv6Address) -> None:
    # The other way round does not hold, which is why is_global is not the rule.
    assert address.is_global or not is_public(address)


@given(st.ip_addresses(v=4))
def test_no_ipv6_address_carries_an_ipv4_address_past_the_check(inner: IPv4Address) -> None:
    number = int(inner)
    disguises = [0xFFFF << 32, 0, 0x64FF9B << 96, 0x64FF9B0001 << 80, 0xFFFF << 48]
    carriers = [IPv6Address(prefix | number) for prefix in disguises]
    carriers += [IPv6Address(0x2002 << 112 | number << 80), IPv6Address(0x20010000 << 96 | number ^ 0xFFFFFFFF)]
    assert not any(is_public(carrier) for carrier in carriers)


@pytest.mark.parametrize("url", INWARD_URLS)
def test_an_inward_url_is_refused_before_any_look_up(url: str) -> None:
    with pytest.raises(Refused):
        check(parse(url))


@given(st.text())
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/", f"https://hooks.example/{text}"):
        try:
            target = parse(url)
        except Refused:
            continue
        assert parse(f"{target.origin}{target.path}") == target


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://hooks.example", "https://hooks.example", "/"),
        ("HTTPS://Hooks.EXAMPLE:443/In?a=1&b=%2F#frag", "https://hooks.example", "/In?a=1&b=%2F"),
        ("https://hooks.example?a", "https://hooks.example", "/?a"),
        ("https://hooks.example:8443/../x", "https://hooks.example:8443", "/../x"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example", "/"),
        ("https://[2606:4700:0:0::1111]:8443/", "https://[2606:4700::1111]:8443", "/"),
        ("https://0x7f.example/", "https://0x7f.example", "/"),
        ("https://hooks.example/user@home", "https://hooks.example", "/user@home"),
    ],
)
def test_a_url_is_taken_apart(url: str, origin: str, path: str) -> None:
    target = parse(url)
    check(target)
    assert (target.origin, target.path) == (origin, path)


def test_a_user_in_the_url_is_named_as_the_fault() -> None:
    with pytest.raises(Refused, match="names a user"):
        parse("https://hooks.example@127.0.0.1/")


def test_names_inside_and_outside() -> None:
    assert is_internal_name("db")
    assert is_internal_name("a.b.internal")
    assert not is_internal_name("internal.example")
