"""One command, everything on one machine: engines, schema, API, worker, and what a person needs to begin."""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from playerbase import simulators
from playerbase.kit import engines
from playerbase.settings import Settings, SettingWrong, read

HOST, PORT = "127.0.0.1", 8080
SIMULATORS_PORT = 8180  # Beyond the neighbours of the API's, so that a second installation finds both.
LOG_BYTES_MAX = 50_000_000


def run(options: argparse.Namespace) -> int:
    """Start everything and watch it until Ctrl-C; the exit code."""
    home = engines.home()
    with engines.claim(home) as claim:
        running: list[engines.Engine] = []
        try:
            host = options.host or os.environ.get("HOST", HOST)
            listener = _listener(host, options.port)
            environ = {**os.environ, **_surroundings(home, host, listener.getsockname()[1])}
            playing = _simulators(environ)
            if not options.logs:
                environ["PLAYERBASE_LOG"] = str(_log_file(home))
            if "DATABASE_URL" not in os.environ:
                with engines.step("Starting PostgreSQL"):
                    running.append(engines.postgres(home).start())
                environ["DATABASE_URL"] = running[-1].url
            if "REDIS_URL" not in os.environ:
                with engines.step("Starting Redis"):
                    running.append(engines.redis(home).start())
                environ["REDIS_URL"] = running[-1].url
            settings = _plain(read(environ))
            with engines.step("Preparing the database"):
                first = _prepared(environ)
            key = _demo_key(home, first)
        except BaseException:
            for engine in reversed(running):
                engine.stop()
            raise
        only = ["--only", ",".join(sorted(options.only))] if options.only else []
        python = [sys.executable, "-m", "playerbase"]
        children = [
            # It is given our socket: whoever calls while the API is started again waits, and is not turned away.
            engines.Child(
                "The API",
                [*python, "serve", "--listener", str(listener.fileno()), *only],
                environ,
                lambda: engines.answers(settings.host, settings.port),
                [listener.fileno()],
            ),
            engines.Child("The worker", [*python, "work", *only], environ),
        ]
        if playing:
            children.append(_simulating(playing, python, environ))

        def on_ready() -> None:
            claim.announce(settings.public_url)
            _greet(settings.public_url, first, key, environ.get("PLAYERBASE_LOG"), _url(playing))
            if options.demo and key:
                told = (environ, settings.public_url, key, options, _url(playing))
                threading.Thread(target=_replay, args=told, daemon=True).start()

        return engines.supervise(children, engines=running, claim=claim, on_ready=on_ready)


@contextlib.contextmanager
def embedded() -> Iterator[Mapping[str, str]]:
    """The environment for a command beside an installation: its engines, started for the while if they do not run.

    Raises CannotStart when there is no installation yet.
    """
    if "DATABASE_URL" in os.environ:
        yield os.environ
        return
    home = engines.home()
    if not (home / "postgres").exists():
        raise engines.CannotStart(f"There is nothing in {home} yet; start bin/up first, or set DATABASE_URL.")
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(engines.claim(home))
        except engines.AlreadyRunning:
            postgres, redis = engines.postgres(home), engines.redis(home)
        else:
            postgres = stack.enter_context(engines.postgres(home))
            redis = stack.enter_context(engines.redis(home))
        yield {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "PLAYERBASE_SECRET": engines.secret(home),
            "PLAYERBASE_HOME": str(home),
            "PUBLIC_URL": f"http://{HOST}:{PORT}",
            **os.environ,
        }


def _listener(host: str, asked: int | None) -> socket.socket:
    """Where the API is to listen: on the port that was asked for, or on the usual one or the next that is free."""
    told = str(asked or os.environ.get("PORT", PORT))
    try:
        port = int(told)
        return engines.listen_on(host, port) if asked else engines.listen(host, port)
    except (ValueError, OverflowError):
        raise SettingWrong(f"PORT is {told!r}; give it a number from 1 to 65535.") from None
    except OSError as fault:
        raise engines.CannotStart(f"Cannot listen on {host} port {told}: {fault.strerror}. Choose another.") from None


def _simulators(environ: dict[str, str]) -> socket.socket | None:
    """Where the simulators are to listen, which the environment is told; None in production, where there are none."""
    if environ.get("PLAYERBASE_ENV") == "production":
        return None
    listener = engines.listen(HOST, SIMULATORS_PORT)
    environ.update(simulators.surroundings(_url(listener), environ))
    return listener


def _simulating(listener: socket.socket, python: list[str], environ: Mapping[str, str]) -> engines.Child:
    return engines.Child(
        "The simulators",
        [*python, "simulate", "--listener", str(listener.fileno())],
        environ,
        # Nothing waits for it to be ready: whoever calls early waits at the socket.
        fds=[listener.fileno()],
    )


def _url(listener: socket.socket | None) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}" if listener else ""


def _surroundings(home: Path, host: str, port: int) -> dict[str, str]:
    """What the environment does not say; in production everything but the data's place has to be said."""
    found = {"PLAYERBASE_HOME": str(home), "HOST": host, "PORT": str(port)}
    if os.environ.get("PLAYERBASE_ENV") != "production":
        found["PLAYERBASE_SECRET"] = os.environ.get("PLAYERBASE_SECRET") or engines.secret(home)
        found["PUBLIC_URL"] = os.environ.get("PUBLIC_URL") or f"http://{host}:{port}"
    return found


def _plain(settings: Settings) -> Settings:
    # It asks its own API over HTTP whether it is there, and its simulators come back to one address.
    if settings.tls is not None:
        raise engines.CannotStart("bin/up speaks plain HTTP; to end TLS here, start serve and work by themselves.")
    return settings


def _prepared(environ: Mapping[str, str]) -> dict[str, str]:
    # A process of its own, because what it imports would stay with the watch for as long as it runs.
    done = subprocess.run(
        [sys.executable, "-m", "playerbase", "prepare"], env=environ, stdout=subprocess.PIPE, check=False
    )
    if done.returncode != 0:
        raise engines.CannotStart("The database could not be prepared; what it said stands above.")
    first: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return first


def _demo_key(home: Path, first: Mapping[str, str]) -> str:
    """The demo game's key, kept beside the data for its owner alone: each start prints a curl that works."""
    kept = home / "demo-key"
    if "api_key" in first:
        with os.fdopen(os.open(kept, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(first["api_key"])
    return kept.read_text().strip() if kept.exists() else ""


def _log_file(home: Path) -> Path:
    """Where API and worker write their lines; the last one is kept beside it once it has grown large."""
    path = home / "playerbase.log"
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_suffix(".log.1"))
    return path


def _greet(url: str, first: Mapping[str, str], key: str, log: str | None, playing: str) -> None:
    email = first.get("email", "operator@playerbase.local")
    password = first.get("password", "(shown at the first start; bin/playerbase operator makes a new one)")
    lines = [f"Console   {url}/console", f"Operator  {email}  {password}"]
    if key:
        lines.append(f"API key   {key}")
    if playing:
        lines.append(f"Simulators {playing}")
    if log:
        lines.append(f"Log       {log}")
    if key:
        headers = f"-H 'Authorization: Bearer {key}' -H 'Content-Type: application/json'"
        body = '{"external_id": "ada", "display_name": "Ada"}'
        lines += ["", f"curl -s {url}/api/v1/auth/server/login {headers} -d '{body}'"]
    print("\n" + "\n".join(lines) + "\n", flush=True)  # noqa: T201 - for the person who started it


def _replay(environ: Mapping[str, str], url: str, key: str, options: argparse.Namespace, played_at: str) -> None:
    argv = [sys.executable, "-m", "playerbase", "demo", "--url", url, "--matches", str(options.matches)]
    argv += ["--simulators", played_at] if played_at else []
    subprocess.run(argv, env={**environ, "PLAYERBASE_API_KEY": key}, check=False)  # noqa: S603 - our own program
