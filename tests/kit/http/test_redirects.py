"""Where a redirect leads: to a path of our own, whatever it is given."""

import pytest

from playerbase.kit.http import redirect


@pytest.mark.parametrize(
    "path",
    [
        "", "console", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "/\t/evil.example", "/\r\nset-cookie: a=b", "javascript:alert(1)", " //evil.example",
    ],
)  # fmt: skip
def test_what_would_lead_to_another_host_leads_home(path: str) -> None:
    assert dict(redirect(path).headers)[b"location"] == b"/"


@pytest.mark.parametrize("path", ["/", "/console?state=dead&q=%2F", "/a//b", "/@evil.example"])
def test_a_path_of_our_own_is_kept(path: str) -> None:
    assert dict(redirect(path).headers)[b"location"] == path.encode()
