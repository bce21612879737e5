"""Whether a call that carries a cookie comes from our own pages: a browser sends cookies for anybody who asks it to.

Two proofs, both needed: the browser's word on where the request comes from (Sec-Fetch-Site, or Origin where that is
missing), and a token only our page could hold, an HMAC of the session it was rendered for. A cookie that a neighbour
domain has set proves nothing, so no token is compared with a cookie.
"""

import hmac
from urllib.parse import parse_qsl
from uuid import UUID

from playerbase.kit.crypto import Keys, same
from playerbase.kit.errors import Denied
from playerbase.kit.http.message import Request

SAFE_METHODS = frozenset({"GET", "HEAD"})
FIELD = "csrf"
HEADER = b"x-csrf-token"


class NotFromHere(Denied):
    """This request does not come from our own pages; reload the page and try again."""


def token(keys: Keys, session_id: UUID) -> str:
    """What a page rendered for this session sends back, in the field ``csrf`` or the header X-CSRF-Token."""
    return hmac.digest(keys.subkey("csrf"), session_id.bytes, "sha256").hex()


def check(request: Request, session_id: UUID) -> None:
    """Both proofs, for a call that changes something; raises NotFromHere."""
    if request.method in SAFE_METHODS:
        return
    check_origin(request)
    given = _given(request)
    keys: Keys = request.site.keys
    expected = [hmac.digest(key, session_id.bytes, "sha256").hex() for key in keys.subkeys("csrf")]
    if not any([same(given, each) for each in expected]):  # noqa: C419 - all are compared, whichever is right
        raise NotFromHere


def check_origin(request: Request) -> None:
    """The browser's word alone, for who has no session yet: the form that signs in; raises NotFromHere."""
    site = request.headers.get(b"sec-fetch-site")
    if site is not None:
        is_ours = site in {b"same-origin", b"none"}
    else:
        is_ours = request.headers.get(b"origin") == request.site.public_url.encode()
    if not is_ours:
        raise NotFromHere


def _given(request: Request) -> str:
    header = request.headers.get(HEADER)
    if header is not None:
        return header.decode("latin-1")
    media = request.headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if media != b"application/x-www-form-urlencoded":
        return ""
    try:
        return dict(parse_qsl(request.body.decode(), max_num_fields=200)).get(FIELD, "")
    except ValueError:
        return ""
