"""TLS that this server ends itself, where no proxy does."""

import ssl
from pathlib import Path


def context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.3 alone, whose suites are all strong and forget their keys; raises OSError for files that do not fit.

    ``certificate`` holds ours first and those above it after it, as public authorities hand them out (PEM).
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.load_cert_chain(certificate, key)
    return made
