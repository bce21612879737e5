"""Take each security check away in turn and see the tests fail: `python -m tests.mutations [part of a name]`.

Each runs on a copy of the source. A check whose absence no test sees is named, and so is one whose text has changed,
because then nothing was taken away. Ends with 1 below 95 in 100.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutations.checks import MUTATIONS as GENERAL
from tests.mutations.checks import Mutation
from tests.mutations.impersonation import IMPERSONATION

MUTATIONS = (*GENERAL, *IMPERSONATION)
ROOT = Path(__file__).parents[2]
SHARE_LEAST = 0.95
SECONDS_MAX = 600


def outcome(mutation: Mutation) -> str:
    """Seen, missed, or not there to be taken away."""
    with tempfile.TemporaryDirectory(prefix="playerbase-mutation-") as folder:
        source = Path(folder) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        for name, old, new in ((mutation.path, mutation.old, mutation.new), *mutation.also):
            path = source / "playerbase" / name
            text = path.read_text()
            if text.count(old) != 1:
                return f"there {text.count(old)} times"
            path.write_text(text.replace(old, new))
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-o", f"pythonpath={source} .",
                 *mutation.tests.split()],
                cwd=ROOT, env={**os.environ, "PYTHONPATH": str(source)}, capture_output=True, timeout=SECONDS_MAX,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return "seen"  # Tests that hang do not pass.
        return {0: "missed", 1: "seen"}.get(done.returncode, f"not run: {done.stdout[-300:].decode()}")


def main() -> int:
    """Run those asked for, two at a time."""
    wanted = [each for each in MUTATIONS if not sys.argv[1:] or sys.argv[1] in each.name]
    seen = 0
    with ThreadPoolExecutor(2) as threads:
        for mutation, word in zip(wanted, threads.map(outcome, wanted), strict=True):
            seen += word == "seen"
            print(f"{word:8} {mutation.name}", flush=True)  # noqa: T201 - what the program is for
    print(f"{seen} of {len(wanted)} seen")  # noqa: T201
    return 0 if seen >= SHARE_LEAST * len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
