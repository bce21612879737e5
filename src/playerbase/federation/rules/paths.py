"""Where a browser may be sent back to."""

import re

PATH_CHARS_MAX = 500
# Visible ASCII without a backslash, which a browser reads as a slash; a second slash would begin a host.
_LOCAL = re.compile(r"/(?!/)[\x21-\x5b\x5d-\x7e]*")


def is_local(path: str) -> bool:
    """Whether this is a path of our own, with or without a query, however a browser reads it."""
    return len(path) <= PATH_CHARS_MAX and _LOCAL.fullmatch(path) is not None
