"""The mailbox: letters that Playerbase left in its folder instead of sending them."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import msgspec

from playerbase.simulators.web import TEXT, Asked, Reply, Route, page, route

SHOWN_MAX = 200
_NAME = re.compile(r"[0-9a-zA-Z-]{1,64}")
_LINK = re.compile(r"https?://[^\s<>\"']+")


class Letter(msgspec.Struct, frozen=True):
    """A letter as it lies in the folder."""

    name: str
    to: str
    subject: str
    date: str
    text: str
    links: list[str]


def routes(folder: Path) -> list[Route]:
    """Where the mailbox of this folder stands."""

    def listed(_: Asked) -> Reply:
        return page("mailbox.html", letters=newest(folder), folder=str(folder))

    def shown(asked: Asked) -> Reply:
        letter = read(folder, asked.words["name"])
        return page("letter.html", letter=letter) if letter else Reply("There is no such letter.", 404, TEXT)

    return [route("GET", "/mail", listed), route("GET", "/mail/{name}", shown)]


def newest(folder: Path) -> list[Letter]:
    """The letters, the latest first."""
    dated: list[tuple[float, str]] = []
    for path in folder.glob("*.eml") if folder.is_dir() else ():
        try:
            dated.append((path.stat().st_mtime, path.stem))
        except OSError:
            continue  # Taken away while we looked.
    found = [read(folder, name) for _, name in sorted(dated, reverse=True)[:SHOWN_MAX]]
    return [letter for letter in found if letter is not None]


def read(folder: Path, name: str) -> Letter | None:
    """One letter, or None."""
    if not _NAME.fullmatch(name):
        return None
    try:
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes((folder / f"{name}.eml").read_bytes())
    except OSError:
        return None
    body = message.get_body(preferencelist=("plain", "html"))
    text = str(body.get_content()) if body else ""
    heads = {key: str(message.get(key, "")) for key in ("To", "Subject", "Date")}
    return Letter(name, heads["To"], heads["Subject"], heads["Date"], text, _LINK.findall(text))
