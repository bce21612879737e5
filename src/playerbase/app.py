"""The composition root: the one file that knows every module."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

import playerbase.access.pages
import playerbase.access.pages.clients
import playerbase.access.pages.locks
import playerbase.access.pages.signing
import playerbase.access.reactions
import playerbase.access.routes
import playerbase.accounts.pages
import playerbase.accounts.reactions
import playerbase.accounts.routes
import playerbase.audit.pages
import playerbase.audit.reactions
import playerbase.audit.routes
import playerbase.battlepass.pages
import playerbase.battlepass.reactions
import playerbase.battlepass.routes
import playerbase.boards.pages
import playerbase.boards.reactions
import playerbase.boards.routes
import playerbase.catalog.pages
import playerbase.catalog.reactions
import playerbase.catalog.routes
import playerbase.commerce.pages
import playerbase.commerce.reactions
import playerbase.commerce.routes
import playerbase.console.pages
import playerbase.federation.reactions
import playerbase.files.reactions
import playerbase.files.routes
import playerbase.friends.pages
import playerbase.friends.routes
import playerbase.fulfilment.pages
import playerbase.fulfilment.reactions
import playerbase.fulfilment.routes
import playerbase.identity.reactions
import playerbase.inventory.pages
import playerbase.inventory.reactions
import playerbase.inventory.routes
import playerbase.ladder.pages
import playerbase.ladder.reactions
import playerbase.ladder.routes
import playerbase.ledger.pages
import playerbase.ledger.reactions
import playerbase.ledger.routes
import playerbase.matches.pages
import playerbase.matches.routes
import playerbase.orders.pages
import playerbase.orders.reactions
import playerbase.orders.routes
import playerbase.platform.routes
import playerbase.portal.pages
import playerbase.profiles.pages
import playerbase.profiles.reactions
import playerbase.profiles.routes
import playerbase.progression.pages
import playerbase.progression.reactions
import playerbase.progression.routes
import playerbase.rewards.pages
import playerbase.seasons.pages
import playerbase.seasons.reactions
import playerbase.seasons.routes
import playerbase.statistics.pages
import playerbase.statistics.pages.mine
import playerbase.statistics.reactions
import playerbase.statistics.routes
from playerbase import (
    access,
    accounts,
    audit,
    battlepass,
    boards,
    catalog,
    commerce,
    federation,
    files,
    following,
    friends,
    fulfilment,
    identity,
    inventory,
    ladder,
    ledger,
    matches,
    orders,
    payments,
    profiles,
    progression,
    rewards,
    schema,
    seasons,
    statistics,
)
from playerbase.kit import jobs, outbox
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, migrate, open_pool, recall_keys, transaction
from playerbase.kit.http import Gateway, Rendering, Site, document, routes_in
from playerbase.kit.jobs import chores
from playerbase.kit.outbox import Live
from playerbase.kit.redis import Cache, Limits, open_redis
from playerbase.settings import Settings

EVENTS = (
    *accounts.EVENTS,
    identity.PlayerStatusChanged,
    *access.EVENTS,
    ledger.WalletsChanged,
    ledger.DebtIncurred,
    ledger.DebtRepaid,
    matches.MatchCompleted,
    matches.MatchVoided,
    *profiles.EVENTS,
    *files.EVENTS,
    ladder.Settled,
    statistics.PersonalBest,
    catalog.CatalogChanged,
    *battlepass.EVENTS,
    *seasons.EVENTS,
    rewards.RewardGiven,
    rewards.RewardTakenBack,
    *inventory.EVENTS,
    *fulfilment.EVENTS,
    *orders.EVENTS,
    *commerce.EVENTS,
    *friends.EVENTS,
    *progression.EVENTS,
    *boards.EVENTS,
)
# Who has something to do when a season closes, and calls seasons.finish_part.
SEASON_PARTS: tuple[str, ...] = ("ladder", "boards", battlepass.PART)
REACTIONS = outbox.reactions_in(
    playerbase.ladder.reactions,
    playerbase.statistics.reactions,
    playerbase.boards.reactions,
    playerbase.inventory.reactions,
    playerbase.fulfilment.reactions,
    playerbase.orders.reactions,
    playerbase.commerce.reactions,
    playerbase.profiles.reactions,
    playerbase.battlepass.reactions,
)
JOBS, SCHEDULES = jobs.jobs_in(
    playerbase.access.reactions,
    playerbase.accounts.reactions,
    playerbase.audit.reactions,
    playerbase.battlepass.reactions,
    playerbase.boards.reactions,
    playerbase.catalog.reactions,
    playerbase.commerce.reactions,
    playerbase.federation.reactions,
    playerbase.files.reactions,
    playerbase.fulfilment.reactions,
    playerbase.identity.reactions,
    playerbase.inventory.reactions,
    playerbase.ladder.reactions,
    playerbase.ledger.reactions,
    playerbase.orders.reactions,
    playerbase.seasons.reactions,
    playerbase.progression.reactions,
    playerbase.profiles.reactions,
    playerbase.statistics.reactions,
    chores,
)
PAGES = (
    playerbase.console.pages.PAGE,
    playerbase.profiles.pages.PAGE,
    playerbase.matches.pages.PAGE,
    playerbase.ladder.pages.PAGE,
    playerbase.progression.pages.PAGE,
    playerbase.friends.pages.PAGE,
    playerbase.statistics.pages.PAGE,
    playerbase.ledger.pages.PAGE,
    playerbase.inventory.pages.PAGE,
    playerbase.audit.pages.PAGE,
    playerbase.access.pages.PAGE,
    playerbase.accounts.pages.PAGE,
    playerbase.catalog.pages.PAGE,
    playerbase.fulfilment.pages.PAGE,
    playerbase.orders.pages.PAGE,
    playerbase.commerce.pages.PAGE,
    playerbase.battlepass.pages.PAGE,
    playerbase.seasons.pages.PAGE,
    playerbase.rewards.pages.PAGE,
    playerbase.boards.pages.PAGE,
)
ROUTES = routes_in(
    playerbase.platform.routes,
    *playerbase.accounts.routes.HANDLERS,
    *playerbase.access.routes.HANDLERS,
    *playerbase.fulfilment.routes.HANDLERS,
    *playerbase.profiles.routes.HANDLERS,
    playerbase.files.routes,
    playerbase.matches.routes,
    playerbase.ladder.routes,
    playerbase.statistics.routes,
    *playerbase.boards.routes.HANDLERS,
    *playerbase.catalog.routes.HANDLERS,
    *playerbase.ledger.routes.HANDLERS,
    *playerbase.inventory.routes.HANDLERS,
    *playerbase.orders.routes.HANDLERS,
    *playerbase.commerce.routes.HANDLERS,
    playerbase.friends.routes,
    *playerbase.progression.routes.HANDLERS,
    playerbase.audit.routes,
    *playerbase.console.pages.HANDLERS,
    *playerbase.portal.pages.HANDLERS,
    playerbase.profiles.pages,
    *playerbase.profiles.pages.HANDLERS,
    playerbase.matches.pages,
    playerbase.ladder.pages,
    playerbase.statistics.pages,
    playerbase.statistics.pages.mine,
    *playerbase.ledger.pages.HANDLERS,
    playerbase.audit.pages,
    playerbase.access.pages,
    playerbase.access.pages.clients,
    playerbase.access.pages.locks,
    playerbase.access.pages.signing,
    *playerbase.accounts.pages.HANDLERS,
    *playerbase.inventory.pages.HANDLERS,
    *playerbase.catalog.pages.HANDLERS,
    *playerbase.fulfilment.pages.HANDLERS,
    *playerbase.orders.pages.HANDLERS,
    *playerbase.commerce.pages.HANDLERS,
    playerbase.seasons.routes,
    *playerbase.battlepass.routes.HANDLERS,
    *playerbase.battlepass.pages.HANDLERS,
    *playerbase.seasons.pages.HANDLERS,
    *playerbase.rewards.pages.HANDLERS,
    *playerbase.progression.pages.HANDLERS,
    *playerbase.friends.pages.HANDLERS,
    *playerbase.boards.pages.HANDLERS,
)


def create(
    settings: Settings,
    only: frozenset[str] | None = None,
    trusted: federation.Configuration = federation.Configuration(),  # noqa: B008 - it is frozen, and empty.
    paying: payments.Configuration = payments.Configuration(),  # noqa: B008 - see above.
) -> Gateway:
    """The API of one process: ``only`` names the modules it serves, all others answer 503."""
    keys = keys_of(settings)

    @asynccontextmanager
    async def running() -> AsyncIterator[Site]:
        configure(settings, keys)
        pool = await open_pool(settings.database_url, size_max=settings.pool_max)
        following.watch_pool(pool)
        redis = open_redis(settings.redis_url)
        boards.use_redis(redis)
        limits = Limits(redis)
        site = Site(
            pool=pool, redis=redis, keys=keys, limits=limits, cache=Cache(redis), live=Live(pool, EVENTS),
            rendering=Rendering(schema.ROOT), public_url=settings.public_url, in_production=settings.in_production,
            pages=PAGES, authenticate=access.authenticate, openapi=openapi(settings.public_url),
        )  # fmt: skip
        providers = federation.Providers(trusted, keys, public_url=settings.public_url)
        site.keep(providers)
        federation.use_providers(providers)
        site.keep(_use_tills(paying))
        commerce.use(keys, paying, in_production=settings.in_production)
        await prepare(pool)
        await recall_keys(pool, keys)
        await following.follow(site)
        if only is None or "catalog" in only:
            await catalog.warm(pool, site.cache)
        if only is None or "boards" in only:
            await boards.warm(pool)
        follower = asyncio.create_task(following.keep_following(site))
        try:
            yield site
        finally:
            follower.cancel()
            await site.close()
            await files.close()
            boards.use_redis(None)
            await redis.close()
            await pool.close()

    return Gateway(
        ROUTES,
        running=running,
        authenticate=access.authenticate,
        on_refusal=audit.note_refusal,
        public_url=settings.public_url,
        trusted_proxies=settings.trusted_proxies,
        cors_origins=settings.cors_origins,
        only=only,
    )


def keys_of(settings: Settings) -> Keys:
    """The keys of an installation, those of former secrets included."""
    return Keys.derive(settings.secret, settings.secrets_previous)


def configure(settings: Settings, keys: Keys) -> None:
    """What a process sets up once, before it touches the database."""
    audit.use(keys, settings.home / "audit-anchors.jsonl")
    access.demand_by_default("required" if settings.in_production else "optional")
    access.demand_own_password(settings.in_production)
    accounts.use_postbox(
        accounts.Postbox(
            keys=keys, public_url=settings.public_url, mail_from=settings.mail_from, smtp_url=settings.smtp_url,
            folder=settings.home / "mail",
        )
    )  # fmt: skip
    access.use_keys(keys)
    ledger.use_keys(keys)
    fulfilment.use_keys(keys)
    fulfilment.use_effects({"name_change": fulfilment.change_of_name})
    orders.use_elsewhere(commerce.refund_order)
    seasons.use_parts(SEASON_PARTS)
    files.open_up(settings, keys)


def _use_tills(paying: payments.Configuration) -> payments.Tills:
    """The tills of this process, and the shop among them; closed by who asked for them."""
    tills = payments.Tills(paying)
    payments.use_tills(tills)
    if payments.SHOPIFY in tills.names:
        fulfilment.use_shop(fulfilment.Shopify(tills.shopify))
    return tills


async def prepare(pool: Pool) -> None:
    """Bring the schema up to date and give every reaction its place, before anything is told that it must not miss."""
    await migrate(pool, schema.MIGRATIONS)
    await ledger.keep_months(pool)
    await outbox.settle_origin(pool)
    await outbox.subscribe(pool, REACTIONS)


async def bootstrap(pool: Pool, keys: Keys) -> accounts.Bootstrapped | None:
    """On the first start: the operator, the demo game and its key, in clear this once; None ever after."""
    async with transaction(pool) as tx:
        return await accounts.bootstrap(tx, keys)


async def work(
    settings: Settings,
    stop: asyncio.Event,
    only: frozenset[str] | None = None,
    trusted: federation.Configuration = federation.Configuration(),  # noqa: B008 - it is frozen, and empty.
    paying: payments.Configuration = payments.Configuration(),  # noqa: B008 - see above.
) -> None:
    """One worker process, until told to stop; ``only`` names the modules whose reactions and jobs it runs."""
    keys = keys_of(settings)
    configure(settings, keys)
    providers = federation.Providers(trusted, keys, public_url=settings.public_url)
    federation.use_providers(providers)
    tills = _use_tills(paying)
    commerce.use(keys, paying, in_production=settings.in_production)
    following.serve_metrics(settings.metrics_port)
    pool = await open_pool(settings.database_url, size_max=settings.pool_max)
    following.watch_pool(pool)
    await prepare(pool)
    await recall_keys(pool, keys)
    mine = [each for each in REACTIONS if only is None or each.name.split(".")[0] in only]
    kinds = [each for each in JOBS if only is None or each.name.split(".")[0] in {*only, "kit"}]
    schedules = [each for each in SCHEDULES if each.job in kinds]
    redis = open_redis(settings.redis_url)
    boards.use_redis(redis)
    async with asyncio.TaskGroup() as group:
        group.create_task(jobs.work(pool, mine, kinds, schedules, stop=stop))
        if settings.nats_url:
            group.create_task(outbox.transport(pool, settings.nats_url, stop))
        if not settings.in_production:
            group.create_task(following.keep_clock(pool, stop))
    await providers.close()
    await tills.close()
    await files.close()
    boards.use_redis(None)
    await redis.close()
    await pool.close()


async def drain(pool: Pool) -> None:
    """Do a worker's work until there is none: for tests, and for commands that wait for an effect."""
    kinds = {kind.name: kind for kind in JOBS}
    while True:
        handled = [await outbox.read(pool, reaction) for reaction in REACTIONS]
        if not any(handled) and not await jobs.run_due(pool, kinds):
            return


def openapi(public_url: str) -> bytes:
    """The OpenAPI document of everything served."""
    described = document(ROUTES, version=playerbase.platform.routes.VERSION, public_url=public_url)
    return msgspec.json.encode(described, order="deterministic")
