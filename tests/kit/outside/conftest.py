"""What several of these tests stand on."""

import ssl

import pytest

from tests.kit.outside.wire import certify


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for hooks.example, and that of a client who trusts it."""
    return certify(tmp_path_factory.mktemp("tls"), "hooks.example")


@pytest.fixture(scope="module")
def trust(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> ssl.SSLContext:
    return tls[1]
