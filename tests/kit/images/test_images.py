"""Images of strangers: made anew in every size, and refused with one clear word each."""

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from playerbase.kit.images import REASONS, Limits, Size, Studio, Unfit
from tests.kit.images import hostile

SQUARES = [Size(512, 512), Size(128, 128), Size(256, 256)]
BANNERS = [Size(960, 270), Size(1920, 540)]


@pytest.fixture(scope="module")
async def studio() -> AsyncIterator[Studio]:
    studio = Studio(1)
    yield studio
    await studio.close()


def seen(body: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_every_size_is_made_in_webp_and_in_what_all_can_read(studio: Studio, kind: str) -> None:
    made = await studio.make(hostile.image(kind), media=f"image/{kind.lower()}", sizes=SQUARES)
    assert [(each.width, each.media) for each in made] == [
        (width, media) for width in (512, 256, 128) for media in ("image/webp", "image/jpeg")
    ]
    for each in made:
        picture = seen(each.body)
        assert (picture.format, picture.size) == (each.media.removeprefix("image/").upper(), (each.width, each.height))
        left, right = (picture.convert("RGB").getpixel((each.width * part // 4, 9)) for part in (1, 3))
        assert isinstance(left, tuple)
        assert isinstance(right, tuple)
        assert left[2] > 2 * left[0], "cut to the middle, colours kept"
        assert right[0] > 2 * right[2]


async def test_banners_have_their_shape_and_what_is_clear_stays_clear(studio: Studio) -> None:
    made = await studio.make(hostile.image(mode="RGBA"), media="image/png", sizes=BANNERS)
    assert [(each.width, each.height, each.media) for each in made] == [
        (1920, 540, "image/webp"), (1920, 540, "image/png"), (960, 270, "image/webp"), (960, 270, "image/png"),
    ]  # fmt: skip
    assert {seen(each.body).mode for each in made} == {"RGBA"}


async def test_a_picture_stands_upright_and_tells_nothing_of_where_it_was_taken(studio: Studio) -> None:
    taken = hostile.photograph()
    assert b"taken at home" in taken
    for each in await studio.make(taken, media="image/jpeg", sizes=SQUARES):
        picture = seen(each.body)
        assert not dict(picture.getexif())
        assert not {"exif", "comment", "xmp", "icc_profile"} & picture.info.keys()
        top, bottom = (picture.convert("RGB").getpixel((9, each.height * part // 4)) for part in (1, 3))
        assert isinstance(top, tuple)
        assert isinstance(bottom, tuple)
        assert top[2] > top[0], "what was left is above once it is turned by a quarter"
        assert bottom[0] > bottom[2]


@pytest.mark.parametrize("hidden", [hostile.ZIP, b"<script>alert(1)</script>", b"%PDF-1.7"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_what_is_hidden_behind_an_image_does_not_come_along(studio: Studio, kind: str, hidden: bytes) -> None:
    polyglot = hostile.image(kind) + hidden
    made = await studio.make(polyglot, media=f"image/{kind.lower()}", sizes=SQUARES[1:2])
    assert len(made) == 2
    assert not any(hidden[:8] in each.body for each in made)


REFUSED = {
    "svg": (hostile.SVG, "image/png", "type_not_taken"),
    "svg behind a png's first bytes": (b"\x89PNG\r\n\x1a\n" + hostile.SVG, "image/png", "cut_short"),
    "html": (b"<!doctype html><script>alert(1)</script>", "image/jpeg", "type_not_taken"),
    "gif": (b"GIF89a" + b"\x01\x00\x01\x00\x00\x00\x00;", "image/png", "type_not_taken"),
    "zip": (hostile.ZIP, "image/webp", "type_not_taken"),
    "nothing": (b"", "image/png", "type_not_taken"),
    "another type": (hostile.image("JPEG"), "image/png", "type_differs"),
    "bomb": (hostile.bomb(12_000, 12_000), "image/png", "too_many_pixels"),
    "just too many pixels": (hostile.bomb(6_400, 6_400), "image/png", "too_many_pixels"),
    "a thousand frames": (hostile.animation(1_000), "image/webp", "too_many_frames"),
    "frames of a png": (hostile.animation(61, format_="PNG"), "image/png", "too_many_frames"),
    "large frames": (hostile.animation(16, (2_000, 2_000)), "image/webp", "too_many_frames"),
    "a line": (hostile.image(size=(4_000, 8)), "image/png", "too_small"),
    "half a png": (hostile.image()[:-300], "image/png", "cut_short"),
    "half a jpeg": (hostile.image("JPEG")[:-900], "image/jpeg", "cut_short"),
    "half a webp": (hostile.image("WEBP")[:-9], "image/webp", "cut_short"),
    "a jpeg of noise": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9 + b"\xff\xd9", "image/jpeg", "broken"),
    "a png of noise": (
        b"\x89PNG\r\n\x1a\n" + hostile.chunk(b"IHDR", b"\xff" * 13) + hostile.chunk(b"IEND", b""), "image/png",
        "broken",
    ),
    "an empty png": (
        b"\x89PNG\r\n\x1a\n" + hostile.chunk(b"IHDR", b"\x00" * 13) + hostile.chunk(b"IEND", b""), "image/png",
        "broken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_what_means_harm_is_refused_by_name(studio: Studio, name: str) -> None:
    body, media, code = REFUSED[name]
    with pytest.raises(Unfit) as told:
        await studio.make(body, media=media, sizes=SQUARES)
    assert (told.value.code, str(told.value)) == (code, REASONS[code])


async def test_an_animation_that_is_small_enough_shows_its_first_frame(studio: Studio) -> None:
    made = await studio.make(hostile.animation(5), media="image/webp", sizes=SQUARES[1:2])
    assert all(getattr(seen(each.body), "n_frames", 1) == 1 for each in made)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA"])
async def test_every_way_to_keep_pixels_is_read(studio: Studio, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (300, 200)).save(out, "PNG")
    made = await studio.make(out.getvalue(), media="image/png", sizes=SQUARES[1:2])
    assert {seen(each.body).size for each in made} == {(128, 128)}


async def test_the_largest_that_is_allowed_fits_into_the_memory_there_is(studio: Studio) -> None:
    (webp, _) = await studio.make(hostile.bomb(6_300, 6_300), media="image/png", sizes=SQUARES[1:2])
    assert (webp.width, webp.media) == (128, "image/webp")


async def test_a_process_knows_nothing_and_may_do_nothing(studio: Studio) -> None:
    await studio.make(hostile.image(), media="image/png", sizes=SQUARES[1:2])
    process = studio._idle.get()
    studio._idle.put(process)
    assert process is not None
    there = Path(f"/proc/{process.pid}")
    assert (there / "environ").read_bytes() == b""
    assert (there / "cwd").readlink() == Path("/")


async def test_a_process_that_dies_is_replaced_and_one_that_hangs_is_ended() -> None:
    studio = Studio(1)
    body = hostile.image()

    async def make() -> int:
        return len(await studio.make(body, media="image/png", sizes=SQUARES[1:2]))

    try:
        assert await make() == 2
        process = studio._idle.get()
        studio._idle.put(process)
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert await make() == 2, "a new one answers"
        hanging = studio._idle.get()
        studio._idle.put(hanging)
        assert hanging is not None
        os.kill(hanging.pid, signal.SIGSTOP)
        studio._seconds_max = 0.5  # Nothing is raced against: it stands still.
        with pytest.raises(Unfit) as told:
            await make()
        assert told.value.code == "too_costly"
        assert hanging.poll() == -signal.SIGKILL
    finally:
        await studio.close()


async def test_more_than_there_are_processes_wait_their_turn(studio: Studio) -> None:
    body = hostile.image(size=(64, 64))
    made = await asyncio.gather(
        *(studio.make(body, media="image/png", sizes=SQUARES[1:2], limits=Limits(pixels_max=5_000)) for _ in range(6))
    )
    assert [len(each) for each in made] == [2] * 6
