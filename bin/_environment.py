"""The environment of this checkout: made from a hash-checked lock with Python alone, renewed when that changes."""

import sys

# Before anything that an older Python could trip over: it must at least be able to say what is missing.
if sys.version_info < (3, 11):  # noqa: UP036 - The checker assumes what is found out here.
    sys.exit("Playerbase needs Python 3.11 or newer; this python3 is %d.%d." % sys.version_info[:2])  # noqa: UP031 - It could trip.

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN, DEVELOP = "requirements.lock", "requirements-dev.lock"
UNFINISHED = "playerbase.unfinished"
STILL_SECONDS = 15


def run(*argv: str) -> NoReturn:
    """Become the environment's Python with these arguments."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *argv])  # noqa: S606 - No shell is wanted.


def prepare(lock: str) -> None:
    """Have the environment hold what this lock names; ends the program with one sentence when it cannot be had."""
    try:
        with _alone():
            site = _site()
            # An installation that was killed halfway can look whole to pip, so it is made anew.
            if site is None or (site / UNFINISHED).exists():
                site = _make()
            _reach_source(site)
            stamp, wanted = site / f"{lock}.sha256", hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
            if not stamp.exists() or stamp.read_text() != wanted:
                _install(lock, site / UNFINISHED)
                stamp.write_text(wanted)
    except PermissionError as fault:
        sys.exit(f"{fault.filename or VENV} belongs to another account; start as that account, or remove {VENV}.")
    except OSError as fault:
        sys.exit(f"The environment in {VENV} could not be made: {fault}.")
    except KeyboardInterrupt:
        sys.exit(130)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    # The folder itself is locked, so that nothing is left behind, and a second start waits instead of installing too.
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with _step("Waiting for another start that makes the environment"):
                fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _site() -> Path | None:
    """Where the environment keeps its packages; None when there is none that runs."""
    if not PYTHON.exists():
        return None
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = _ran(PYTHON, "-I", "-c", question)
    site = Path(asked.stdout.strip())
    # A system that moved to another Python leaves a folder behind that the new one does not look into.
    return site if asked.returncode == 0 and site.is_dir() else None


def _make() -> Path:
    with _step("Making the environment in .venv (first start only)"):
        if VENV.exists():
            shutil.rmtree(VENV)
        python = _base()
        # Debian's bare Python can make an environment, but has no pip to put into it.
        options = [] if _has(python, "ensurepip") else ["--without-pip"]
        made = _ran(python, "-m", "venv", *options, VENV)
    site = _site()
    if made.returncode != 0 or site is None:
        sys.exit(f"{python} cannot make an environment: {(made.stdout + made.stderr).strip()}")
    return site


def _base() -> str:
    # The lock is tried with 3.11; a newer Python may find no packages made for it.
    usual = shutil.which("python3.11")
    return usual if usual and sys.version_info[:2] != (3, 11) and _has(usual, "venv") else sys.executable


def _reach_source(site: Path) -> None:
    reach = site / "playerbase.pth"
    line = f"{os.path.relpath(ROOT / 'src', site)}\n"  # Relative, so that a checkout can be moved.
    if not reach.exists() or reach.read_text() != line:
        reach.write_text(line)


def _install(lock: str, unfinished: Path) -> None:
    pip: list[str | Path] = [PYTHON, "-m", "pip"]
    if not _has(PYTHON, "pip"):
        pip = [sys.executable, "-m", "pip", "--python", PYTHON]
        if not _has(sys.executable, "pip"):
            sys.exit("This Python comes without pip; install python3-venv (or python3-pip) and start again.")
    options = ["--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check", "--no-input", "--quiet"]
    unfinished.touch()
    with _step(f"Installing what {lock} names (again only when it changes)"):
        installed = _ran(*pip, "install", *options, "-r", ROOT / lock)
    unfinished.unlink()  # Orderly, one way or the other: pip changes nothing before it has everything.
    if installed.returncode != 0:
        sys.exit(f"{installed.stderr.strip()}\nThe packages could not be installed; start again when that is mended.")


def _has(python: str | Path, module: str) -> bool:
    return _ran(python, "-I", "-c", f"import {module}").returncode == 0


def _ran(*argv: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, check=False, capture_output=True, text=True)  # noqa: S603 - Every caller is above.


@contextlib.contextmanager
def _step(text: str) -> Iterator[None]:
    """Say what is being done, that it still is, and how long it took."""
    started, done = time.monotonic(), threading.Event()
    sys.stderr.write(f"{text} … ")
    sys.stderr.flush()
    beat = threading.Thread(target=_beat, args=(done,), daemon=True)
    beat.start()
    try:
        yield
        sys.stderr.write(f" {time.monotonic() - started:.0f} s")
    finally:
        done.set()
        beat.join()
        sys.stderr.write("\n")


def _beat(done: threading.Event) -> None:
    while not done.wait(STILL_SECONDS):
        sys.stderr.write("… ")
        sys.stderr.flush()
