"""Every store of objects keeps the same promises: a disk, and a bucket of either platform."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from playerbase.kit.crypto import Keys
from playerbase.kit.objects import (
    GOOGLE,
    ONE_YEAR,
    S3,
    Bucket,
    Disk,
    NoSuchObject,
    Pinned,
    Storage,
    StorageAway,
    StorageWrong,
    Store,
    UploadDiffers,
    UploadedAlready,
    UploadNotSigned,
    aws,
    google,
    open_store,
)
from playerbase.kit.outside import Breaker, Outbound
from tests.conftest import SECRET as INSTALLATION
from tests.conftest import MovingClock
from tests.kit.objects.double import KEY_ID, REGION, SECRET, Double, standing

BODY = b"not really an image"
PINNED = Pinned("quarantine/one", len(BODY), "image/png", hashlib.sha256(BODY).digest())


@pytest.fixture(scope="module")
async def double() -> AsyncIterator[Double]:
    async with standing() as double:
        yield double


def bucket(double: Double, kind: str) -> Bucket:
    signer = aws(KEY_ID, SECRET, REGION) if kind == "s3" else google(KEY_ID, SECRET)
    return Bucket(double.url, signer, S3 if kind == "s3" else GOOGLE)


def disk(folder: Path) -> Disk:
    return Disk(folder, Keys.derive(INSTALLATION), "http://test")


@pytest.fixture(params=["disk", "s3", "google"])
async def store(request: pytest.FixtureRequest, double: Double, tmp_path: Path) -> AsyncIterator[Store]:
    double.objects.clear()
    made: Store = disk(tmp_path) if request.param == "disk" else bucket(double, request.param)
    yield made
    await made.close()


async def test_what_is_put_is_got_copied_listed_and_deleted(store: Store) -> None:
    for number in range(5):
        await store.put(f"media/{number}/a.webp", BODY + bytes([number]), media="image/webp", cache=ONE_YEAR)
    await store.put("media/0/a.webp", BODY, media="image/webp", cache=ONE_YEAR)
    assert await store.get("media/0/a.webp") == BODY
    head = await store.head("media/0/a.webp")
    assert (head.size, head.media) == (len(BODY), "image/webp")
    await store.copy("media/0/a.webp", "sources/0")
    await store.copy("media/0/a.webp", "sources/0")
    await store.delete(["media/0/a.webp", "media/0/a.webp", "nothing/there"])
    assert await store.get("sources/0") == BODY
    for asked in (store.get, store.head):
        with pytest.raises(NoSuchObject):
            await asked("media/0/a.webp")
    with pytest.raises(NoSuchObject):
        await store.copy("media/0/a.webp", "sources/1")
    pages, after = [], ""
    while page := await store.page("media/", after, 3):
        pages.append([each.key for each in page])
        after = page[-1].key
    assert pages == [[f"media/{number}/a.webp" for number in (1, 2, 3)], ["media/4/a.webp"]]
    assert await store.page("sources/", "", 10) != []
    assert await store.page("nothing/", "", 10) == []


@pytest.mark.parametrize("kind", ["s3", "google"])
async def test_an_address_for_uploads_takes_exactly_what_was_announced_and_once(double: Double, kind: str) -> None:
    double.objects.clear()
    store = bucket(double, kind)
    signed = store.sign_upload(PINNED, 300)
    assert store.upload_origin == urlsplit(double.url)._replace(path="").geturl()
    async with httpx.AsyncClient() as browser:

        async def send(body: bytes = BODY, url: str = signed.url, other: dict[str, str] | None = None) -> int:
            return (await browser.put(url, content=body, headers=signed.headers | (other or {}))).status_code

        assert await send(BODY + b"!") in {400, 403}, "longer"
        assert await send(BODY[:-1]) in {400, 403}, "shorter"
        assert await send(other={"content-type": "image/svg+xml"}) == 403
        forged = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
        checksum = "x-amz-checksum-sha256" if kind == "s3" else "x-goog-meta-sha256"
        assert await send(other={checksum: forged}) == 403
        assert await send(url=signed.url.replace("quarantine/one", "media/one")) == 403
        assert await send(url=signed.url.replace("Expires=300", "Expires=9000")) == 403
        assert double.objects == {}
        assert await send() == 200
        assert await send() == 412, "a second time"
        if kind == "s3":
            assert await send(BODY[::-1]) in {400, 412}, "the same length, other bytes"
        head = await store.head("quarantine/one")
        assert (head.size, head.media, head.sha256) == (PINNED.size, PINNED.media, PINNED.sha256)
        assert (await browser.get(store.sign_download("quarantine/one", 60))).content == BODY
    await store.close()


async def test_a_bucket_that_fails_is_left_alone_for_a_while(double: Double) -> None:
    outbound = Outbound(allow=["/".join(double.url.split("/")[:3])], breaker=lambda: Breaker(failures_max=2))
    store = Bucket(double.url, aws(KEY_ID, SECRET, REGION), S3, outbound)
    double.status, double.calls = 503, []
    try:
        for _ in range(4):
            with pytest.raises(StorageAway):
                await store.get("media/x")
        assert len(double.calls) == 2, "then nothing is asked any more"
    finally:
        double.status = 0
        await store.close()
    wrong = Bucket(double.url, aws(KEY_ID, "guessed", REGION), S3)
    with pytest.raises(StorageAway):
        await wrong.get("media/x")
    await wrong.close()


async def sent(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_the_disk_takes_what_its_address_says_and_leaves_nothing_of_all_else(
    tmp_path: Path, clock: MovingClock
) -> None:
    store = disk(tmp_path)
    signed = store.sign_upload(PINNED, 300)
    text = signed.url.rpartition("/")[2]
    ticket = store.ticket(text, "PUT")
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 10
            yield b"0123456789"

    for parts in (sent(BODY[:-1]), sent(BODY, b"!"), sent(BODY[::-1]), sent(), endless()):
        with pytest.raises(UploadDiffers):
            await store.take_in(ticket, parts)
    assert read <= len(BODY) + 20, "no more is read than was announced"
    assert await store.page("", "", 10) == []
    await store.take_in(ticket, sent(BODY[:4], BODY[4:]))
    with pytest.raises(UploadedAlready):
        await store.take_in(ticket, sent(BODY))
    assert list((tmp_path / "coming").iterdir()) == [], "nothing lies beside"
    for forged in ("", ".", "x.y", text[:-1], "A" + text, text.replace(".", "A."), "é.é", "x" * 5_000):
        with pytest.raises(UploadNotSigned):
            store.ticket(forged, "PUT")
    with pytest.raises(UploadNotSigned):
        store.ticket(text, "GET")
    down = store.sign_download("quarantine/one", 300).rpartition("/")[2]
    assert store.ticket(down, "GET").key == "quarantine/one"
    clock.forward(seconds=301)
    for late, method in ((text, "PUT"), (down, "GET")):
        with pytest.raises(UploadNotSigned):
            store.ticket(late, method)


async def test_a_disk_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where a folder belongs")
    with pytest.raises(StorageAway):
        await disk(tmp_path).put("media/x", BODY, media="image/webp", cache=ONE_YEAR)


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        (Storage("ftp://bucket"), "no s3://"),
        (Storage("s3://bucket/folder"), "no s3://"),
        (Storage("s3://"), "no s3://"),
        (Storage("s3://bucket"), "OBJECTS_KEY_ID"),
        (Storage("gs://bucket", "id"), "OBJECTS_KEY_ID"),
        (Storage("s3://bucket?endpoint=http://10.0.0.1:9000", "id", "secret"), "cannot be called"),
        (Storage("gs://bucket", account=Path("/nowhere.json")), "OBJECTS_ACCOUNT"),
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, storage: Storage, said: str) -> None:
    with pytest.raises(StorageWrong, match=said):
        open_store(storage, folder=tmp_path, keys=Keys.derive(INSTALLATION), public_url="http://test")


async def test_settings_lead_to_their_store(tmp_path: Path) -> None:
    def opened(storage: Storage) -> Store:
        return open_store(storage, folder=tmp_path, keys=Keys.derive(INSTALLATION), public_url="http://test")

    assert isinstance(opened(Storage()), Disk)
    amazon = opened(Storage("s3://media?region=eu-central-1", "id", "secret"))
    assert amazon.upload_origin == "https://s3.eu-central-1.amazonaws.com"
    assert "/media/quarantine/one?X-Amz-Algorithm=AWS4" in amazon.sign_upload(PINNED, 300).url
    google_ = opened(Storage("gs://media", "id", "secret"))
    assert google_.sign_upload(PINNED, 300).url.startswith("https://storage.googleapis.com/media/quarantine/one?X-Goog")
    await amazon.close()
    await google_.close()
