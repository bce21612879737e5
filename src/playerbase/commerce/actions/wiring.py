"""What the composition root gives to commerce: keys, the environment of each platform, and whether this is for real."""

from collections.abc import Mapping
from uuid import UUID

from playerbase import payments
from playerbase.commerce.model import Environment, Platform, WrongEnvironment
from playerbase.kit.crypto import Keys, open_sealed, seal


class _Wiring:
    keys: Keys | None = None
    environments: Mapping[Platform, Environment] = {}
    asked: frozenset[Platform] = frozenset()
    takes_tests = True


_wiring = _Wiring()


def use(keys: Keys, paying: payments.Configuration, *, in_production: bool) -> None:
    """Give this process its keys and say where each platform's purchases come from; once, at start."""
    steam, apple = paying.steam, paying.apple
    _wiring.keys = keys
    _wiring.takes_tests = not in_production
    _wiring.asked = frozenset(each for each in Platform if getattr(paying, each.value) is not None)
    _wiring.environments = {
        Platform.STEAM: _environment(is_sandbox=steam is not None and steam.is_sandbox),
        Platform.EPIC: Environment.PRODUCTION,
        Platform.APPLE: _environment(is_sandbox=apple is not None and apple.environment != "Production"),
        Platform.GOOGLE: Environment.PRODUCTION,
    }


def environment(platform: Platform) -> Environment:
    """Where a platform's purchases come from here."""
    return _wiring.environments[platform]


def sells_on(platform: Platform) -> bool:
    """Whether this installation can ask a platform anything."""
    return platform in _wiring.asked


def check_environment(platform: Platform, bought_in: Environment) -> None:
    """Raises WrongEnvironment for what was bought where no money moves, if money moves here, and the other way round.

    A tester's purchase at Google is one of the shop itself, and good for trying out an installation.
    """
    ours = environment(platform)
    if platform is Platform.GOOGLE and bought_in is Environment.SANDBOX and _wiring.takes_tests:
        return
    if bought_in is not ours:
        raise WrongEnvironment(platform=platform, environment=bought_in)


def seal_account(keys: Keys, order_id: UUID, account: str) -> bytes:
    """Who paid, as it is stored."""
    return seal(keys, account.encode(), table="commerce.orders", column="account", row=str(order_id))


def open_account(keys: Keys, order_id: UUID, sealed: bytes) -> str:
    """Who paid; raises Tampered."""
    return open_sealed(keys, sealed, table="commerce.orders", column="account", row=str(order_id)).decode()


def keys() -> Keys:
    """What ``use`` was given."""
    assert _wiring.keys is not None, "commerce.use(…) comes before the first purchase"
    return _wiring.keys


def _environment(*, is_sandbox: bool) -> Environment:
    return Environment.SANDBOX if is_sandbox else Environment.PRODUCTION
