"""Where who has not proven lately who they are is sent first, and comes back from."""

from urllib.parse import urlencode

from playerbase.kit.http import Answer, Request, redirect


def prove_first(request: Request) -> Answer:
    """To the console's page that asks for a fresh proof, and from there on to this very page."""
    return redirect(f"/console/prove?{urlencode({'next': request.path})}")
