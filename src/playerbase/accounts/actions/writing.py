"""The wording of letters: plain text first, and the same words in one calm design."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import jinja2

from playerbase.kit.outside import Mail

FOLDER = Path(__file__).parents[1] / "letters"
SUBJECT = "Subject: "


def write(template: str, to: str, values: Mapping[str, str], *, folder: Path = FOLDER) -> Mail:
    """The letter of this template; whatever is a paragraph of its own, a link or a code, stands out.

    ``folder`` holds the templates of another module's letters; the design is one for all.
    """
    head, _, body = _environment(folder).get_template(f"{template}.txt").render(values).partition("\n\n")
    assert head.startswith(SUBJECT)
    subject = head.removeprefix(SUBJECT)
    html = _environment(FOLDER).get_template("design.html")
    return Mail(
        to=to, subject=subject, text=body.rstrip() + "\n",
        html=html.render(
            subject=subject, paragraphs=body.strip().split("\n\n"), code=values.get("code"),
            links=[value for name, value in values.items() if name.endswith("link")],
        ),
    )  # fmt: skip


@cache
def _environment(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
