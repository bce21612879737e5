"""The commands: up, serve, work, migrate, audit, secrets, operator, simulate, demo."""

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping

# Only what every command needs: the watch started by `up` lives as long as everything else and should stay small.
from playerbase.kit import engines
from playerbase.kit.errors import Refusal
from playerbase.settings import Settings, SettingWrong, read


def main(argv: list[str]) -> int:
    """Run one command; 0 when it did what it says, 2 when it was told something wrong."""
    options = _parser().parse_args(argv)
    try:
        code: int = options.run(options)
    except (SettingWrong, engines.CannotStart, Refusal) as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - for the person who started it
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="playerbase", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    up = command("up", _up, "Start everything on this machine; Ctrl-C stops it.")
    up.add_argument("--demo", action="store_true", help="replay 49,520 real matches through the API once it is up")
    up.add_argument("--matches", type=int, default=0, help="with --demo: only so many of them, the latest")
    up.add_argument("--logs", action="store_true", help="show the log lines of API and worker here, not in a file")
    up.add_argument("--host", default=None, help="the address to listen on (default 127.0.0.1)")
    up.add_argument(
        "--port", type=int, default=None, help="the port to listen on (default: 8080, or the next free one)"
    )
    _only(up)
    serve = command("serve", _serve, "Answer requests: one API process.")
    serve.add_argument(
        "--listener", type=int, default=None, help="the number of a listening socket inherited from `up`"
    )
    _only(serve)
    _only(command("work", _work, "React to events and do jobs: one worker process."))
    command("migrate", _migrate, "Bring the database's schema up to date.")
    command("prepare", _prepare, "Migrate, subscribe, and on the first start make the operator; prints JSON for `up`.")
    command("openapi", _openapi, "Print the OpenAPI document, as openapi.json in the repository holds it.")
    audit = command("audit", _audit, "Verify the audit log, or prove the ledger.")
    audit.add_argument("what", choices=["verify", "ledger"])
    audit.add_argument("--json", action="store_true", help="with ledger: the report for a script")
    statistics = command("statistics", _statistics, "Hold what is counted of players against the matches.")
    statistics.add_argument("--mend", action="store_true", help="make anew what differs")
    secrets = command("secrets", _secrets, "Bring everything under the present secret, so that former ones can go.")
    secrets.add_argument("what", choices=["reseal"])
    operator = command("operator", _operator, "Give the operator a new password, and print it once.")
    operator.add_argument("--email", default="operator@playerbase.local")
    simulate = command(
        "simulate", _simulate, "Play Steam, Epic, Twitch, OpenID Connect and a mailbox; for development."
    )
    simulate.add_argument("--port", type=int, default=8180, help="the port to listen on, or the next free one")
    simulate.add_argument(
        "--listener", type=int, default=None, help="the number of a listening socket inherited from `up`"
    )
    demo = command("demo", _demo, "Replay real matches through the public API of a running Playerbase.")
    demo.add_argument("--url", default="http://127.0.0.1:8080")
    demo.add_argument("--key", default=os.environ.get("PLAYERBASE_API_KEY"), help="or PLAYERBASE_API_KEY")
    demo.add_argument("--matches", type=int, default=0, help="only so many, the latest")
    demo.add_argument("--simulators", default="", help="where they play; then a few people sign up there, too")
    return parser


def _only(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only",
        type=lambda text: frozenset(part for part in text.split(",") if part),
        default=None,
        help="the modules to run, comma separated; requests for others are answered 503",
    )


def _up(options: argparse.Namespace) -> int:
    from playerbase import up  # noqa: PLC0415

    return up.run(options)


def _serve(options: argparse.Namespace) -> int:
    import socket  # noqa: PLC0415

    import uvicorn  # noqa: PLC0415

    from playerbase import app, federation, payments  # noqa: PLC0415
    from playerbase.kit.http import tls  # noqa: PLC0415

    _write_log_file()
    settings = _begin("playerbase-api")
    trusted = federation.configured(os.environ, in_production=settings.in_production)
    paying = payments.configured(os.environ, in_production=settings.in_production)
    gateway = app.create(settings, _known(options.only), trusted, paying)
    files = settings.tls
    server = uvicorn.Server(
        uvicorn.Config(
            gateway,
            host=settings.host,
            port=settings.port,
            ssl_context_factory=None if files is None else lambda *_: tls.context(*files),
            loop="uvloop",
            http=gateway.protocol,
            lifespan="on",
            interface="asgi3",
            # The gateway logs, names itself in nothing, and believes forwarded headers by its own rule alone.
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=True,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=8,
            backlog=2048,
        )
    )
    server.run(None if options.listener is None else [socket.socket(fileno=options.listener)])
    return 0 if server.started else 1


def _work(options: argparse.Namespace) -> int:
    from playerbase import app, federation, payments  # noqa: PLC0415

    _write_log_file()
    settings = _begin("playerbase-worker")
    trusted = federation.configured(os.environ, in_production=settings.in_production)
    paying = payments.configured(os.environ, in_production=settings.in_production)

    async def working(stop: asyncio.Event) -> None:
        await app.work(settings, stop, _known(options.only), trusted, paying)

    return _until_told(working)


def _migrate(_: argparse.Namespace) -> int:
    from playerbase import commands  # noqa: PLC0415

    asyncio.run(commands.migrate_command(_begin("playerbase-migrate")))
    return 0


def _prepare(_: argparse.Namespace) -> int:
    from playerbase import commands  # noqa: PLC0415

    asyncio.run(commands.prepare_command(_begin("playerbase-prepare")))
    return 0


def _openapi(_: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415

    from playerbase import app  # noqa: PLC0415

    text = msgspec.json.format(app.openapi("http://127.0.0.1:8080"), indent=2)
    print(text.decode())  # noqa: T201 - what the command is for
    return 0


def _audit(options: argparse.Namespace) -> int:
    from playerbase import commands, up  # noqa: PLC0415

    with up.embedded() as environ:
        if options.what == "ledger":
            return asyncio.run(commands.prove_command(_begin("playerbase-audit", environ), as_json=options.json))
        return asyncio.run(commands.verify_command(_begin("playerbase-audit", environ)))


def _statistics(options: argparse.Namespace) -> int:
    from playerbase import commands, up  # noqa: PLC0415

    with up.embedded() as environ:
        return asyncio.run(commands.statistics_command(_begin("playerbase-statistics", environ), mend=options.mend))


def _secrets(_: argparse.Namespace) -> int:
    from playerbase import commands, up  # noqa: PLC0415

    with up.embedded() as environ:
        return asyncio.run(commands.reseal_command(_begin("playerbase-secrets", environ)))


def _operator(options: argparse.Namespace) -> int:
    from playerbase import commands, up  # noqa: PLC0415

    with up.embedded() as environ:
        return asyncio.run(commands.operator_command(_begin("playerbase-operator", environ), options.email))


def _simulate(options: argparse.Namespace) -> int:
    import socket  # noqa: PLC0415

    if os.environ.get("PLAYERBASE_ENV") == "production":
        raise SettingWrong("The simulators sign anybody in as anybody, so they do not start in production.")

    from playerbase.simulators import server  # noqa: PLC0415

    _write_log_file()
    engines.follow_parent()
    inherited = options.listener is not None
    listener = socket.socket(fileno=options.listener) if inherited else engines.listen("127.0.0.1", options.port)
    if not inherited:
        print(f"Simulators  http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201 - for a person
    return server.run(listener)


def _demo(options: argparse.Namespace) -> int:
    from playerbase import app, demo  # noqa: PLC0415

    if not options.key:
        raise SettingWrong("PLAYERBASE_API_KEY is not set; bin/up prints the demo game's key, or pass --key.")
    database_url = os.environ.get("DATABASE_URL")
    if database_url:
        settings = read(os.environ)  # What is posted here is sealed like everything else.
        app.configure(settings, app.keys_of(settings))
        asyncio.run(demo.goods(database_url))
        asyncio.run(demo.calendar(database_url))
        asyncio.run(demo.passes(database_url))
        asyncio.run(demo.scores(database_url))
    if options.simulators and (password := asyncio.run(demo.people(options.url, options.simulators, options.key))):
        print(f"Player    {demo.EMAIL}  {password}", flush=True)  # noqa: T201 - for the person who waits
    if database_url:
        asyncio.run(demo.things(database_url))
        asyncio.run(demo.saving(database_url))
        asyncio.run(demo.shopping(options.url, options.key, database_url))
        asyncio.run(demo.duels(options.url, options.key, database_url))
    return asyncio.run(demo.replay(options.url, options.key, most=options.matches))


def _begin(service: str, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings and set up what every process has: logs, traces, an ear for its parent's end."""
    from playerbase.kit import log, tracing  # noqa: PLC0415

    settings = read(environ)
    log.configure(environ.get("LOG_LEVEL", "INFO"), tracing.ids)
    tracing.configure(settings.otlp_url, service)
    engines.follow_parent()
    _settle_memory()
    return settings


def _settle_memory() -> None:
    """Leave what was made at the start out of every later garbage collection, and collect more seldom.

    Collecting cost 8 % of the API's processor time: the defaults look through every module's objects again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _write_log_file() -> None:
    """Let what this process says go to the file that `up` names, if it names one."""
    if path := os.environ.get("PLAYERBASE_LOG"):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), sys.stdout.fileno())


def _known(only: frozenset[str] | None) -> frozenset[str] | None:
    from playerbase import schema  # noqa: PLC0415

    modules = {*schema.MODULES, "platform", "console"} - {"kit"}
    if only is not None and not only <= modules:
        raise SettingWrong(f"--only names {', '.join(sorted(only - modules))}; there are {', '.join(sorted(modules))}.")
    # The platform's own doors are every process's.
    return None if only is None else only | {"platform"}


def _until_told(run: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """Run until SIGINT or SIGTERM asks to finish what was begun and stop."""
    import uvloop  # noqa: PLC0415

    async def watched() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run(stop)

    uvloop.run(watched())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
