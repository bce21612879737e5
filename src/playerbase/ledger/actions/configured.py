"""What the ledger needs from outside: the keys of the installation."""

from playerbase.kit.crypto import Keys

_keys: Keys | None = None


def use_keys(keys: Keys) -> None:
    """Give this process its keys; once, at start, before anything is posted."""
    global _keys  # noqa: PLW0603 - one process, one installation
    _keys = keys


def mac_key() -> bytes:
    """The key of the present secret that blocks are tied with."""
    return mac_keys()[0]


def mac_keys() -> tuple[bytes, ...]:
    """That, and those of former secrets: blocks made with them stand."""
    assert _keys is not None, "ledger.use_keys comes before the first posting"
    return _keys.subkeys("ledger/block")


def repair_keys() -> tuple[bytes, ...]:
    """What repairs are tied with: the key of the present secret, and those of former ones."""
    assert _keys is not None, "ledger.use_keys comes before the first repair"
    return _keys.subkeys("ledger/repair")
