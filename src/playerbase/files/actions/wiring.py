"""Where this process keeps objects, and who decodes images for it."""

from dataclasses import dataclass
from uuid import UUID

from playerbase.kit.crypto import Keys
from playerbase.kit.images import Studio
from playerbase.kit.objects import Storage, StorageWrong, Store, open_store
from playerbase.settings import Settings, SettingWrong


@dataclass
class _Wiring:
    store: Store | None = None
    studio: Studio | None = None
    public_url: str = ""


_wiring = _Wiring()


def open_up(settings: Settings, keys: Keys) -> None:
    """Open the store that the settings name, for this process; raises SettingWrong."""
    key_id, key_secret = settings.objects_key
    storage = Storage(settings.objects_url, key_id, key_secret, settings.objects_account)
    try:
        store = open_store(storage, folder=settings.home / "objects", keys=keys, public_url=settings.public_url)
    except StorageWrong as wrong:
        raise SettingWrong(str(wrong)) from None
    use_store(store, settings.public_url)


def use_store(store: Store, public_url: str) -> None:
    """Give this process its store, and say under which address it is reached."""
    _wiring.store, _wiring.public_url = store, public_url


def use_studio(studio: Studio | None) -> None:
    """Give this process somebody who decodes images; whoever takes them away closes them."""
    _wiring.studio = studio


def store_of() -> Store:
    """What ``use_store`` was given."""
    assert _wiring.store is not None
    return _wiring.store


def upload_origin() -> str:
    """Where browsers send uploads to."""
    return store_of().upload_origin


def studio_of() -> Studio:
    """What ``use_studio`` was given, or the first of this process."""
    if _wiring.studio is None:
        _wiring.studio = Studio()
    return _wiring.studio


async def close() -> None:
    """Close what this process was given."""
    if _wiring.studio is not None:
        await _wiring.studio.close()
    if _wiring.store is not None:
        await _wiring.store.close()
    _wiring.studio = _wiring.store = None


def address(file_id: UUID, width: int) -> str:
    """Where a file that is ready is shown in this width: for good, since another picture is another file."""
    return f"{_wiring.public_url}/media/{file_id}/{width}"
