"""What a mutation is: one security check taken away, and the tests that must miss it."""

import ast
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "playerbase"


class Mutation(NamedTuple):
    """One check taken away: in this file, this text becomes that; one of the tests named must then fail."""

    name: str
    path: str
    old: str
    new: str
    tests: str
    also: tuple[tuple[str, str, str], ...] = ()  # Where a check stands twice, its other place.

    def mutated(self) -> dict[str, str]:
        """The files without the check, by their path in the package; raises LookupError where its text is not there."""
        files: dict[str, str] = {}
        for path, old, new in ((self.path, self.old, self.new), *self.also):
            text = files.get(path) or (PACKAGE / path).read_text()
            if text.count(old) != 1:
                raise LookupError(f"{path} has it {text.count(old)} times: {old}")
            files[path] = text.replace(old, new)
            if path.endswith(".py"):
                ast.parse(files[path])
        return files
