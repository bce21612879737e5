"""The page the ``docs`` link of every problem leads to: each code, its status, and what it means."""

from html import escape
from inspect import cleandoc

from playerbase.kit.http.caller import ANYONE
from playerbase.kit.http.message import HTML, Answer
from playerbase.kit.http.problems import codes
from playerbase.kit.http.route import get


@get("//docs/problems", policy=ANYONE, limit="open", page=True)
async def list_problems() -> Answer:
    """Every problem this API can answer with."""
    rows = "".join(
        f'<tr id="{kind.code}"><td><code>{kind.code}</code><td>{kind.status}<td>{escape(cleandoc(kind.__doc__ or ""))}'
        for kind in codes()
    )
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems</title><h1>Problems</h1>'
        "<p>Every error is a problem document (RFC 9457). Its <code>code</code> never changes."
        f"<table><thead><tr><th>code<th>status<th>meaning<tbody>{rows}</table></html>"
    )
    return Answer(text.encode(), media=HTML, headers=[(b"cache-control", b"public, max-age=300")])
