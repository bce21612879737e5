"""Make the list of guessed passwords anew: `python -m tests.access.guessed zxcvbn-4.5.0-py2.py3-none-any.whl`."""

import ast
import sys
import zipfile
from pathlib import Path

from playerbase.access.rules import passwords

MODULE = "zxcvbn/frequency_lists.py"


def published(wheel: Path) -> list[str]:
    """The passwords in the package, the most frequent first; it is read and not run."""
    tree = ast.parse(zipfile.ZipFile(wheel).read(MODULE))
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "passwords":
                    words: list[str] = ast.literal_eval(ast.unparse(value.func.value)).split(",")  # type: ignore[attr-defined]
                    return words
    raise SystemExit(f"{MODULE} holds no passwords")


if __name__ == "__main__":
    forms = passwords.plain_forms(published(Path(sys.argv[1])))
    passwords.BREACHED.write_text("\n".join(forms) + "\n")
