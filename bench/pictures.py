"""How fast pictures of strangers become avatars, on one core: decoded in forks, made in every size, kept on disk."""

import asyncio
import hashlib
import io
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter

from bench.machine import memory_mb
from playerbase.files import SIZES, Kind
from playerbase.kit.crypto import Keys
from playerbase.kit.images import Size, Studio
from playerbase.kit.objects import ONE_YEAR, Disk

PICTURES = 60
WATCH_SECONDS = 0.02


def photographs() -> list[tuple[bytes, str]]:
    """What people send: a photograph, a drawing, a picture from the web; soft shapes with a camera's grain."""
    made = []
    for kind, size, saved in (
        ("JPEG", (1600, 1200), {"quality": 90}), ("PNG", (1024, 1024), {}), ("WEBP", (800, 800), {"quality": 85}),
    ):  # fmt: skip
        soft = [
            Image.effect_noise((size[0] // 16, size[1] // 16), 90).resize(size).filter(ImageFilter.GaussianBlur(4))
            for _ in range(3)
        ]
        grain = Image.effect_noise(size, 12)
        picture = Image.merge("RGB", [Image.blend(channel, grain, 0.12) for channel in soft])
        out = io.BytesIO()
        picture.save(out, kind, **saved)
        made.append((out.getvalue(), f"image/{kind.lower()}"))
    return made


async def measure() -> dict[str, Any]:
    """Sixty avatars, one after the other, with this process and its forks held to one core."""
    sent, free = photographs(), os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(free)})
    studio, peak = Studio(1), 0.0
    try:
        with tempfile.TemporaryDirectory() as folder:
            store = Disk(Path(folder), Keys.derive(bytes(32)), "http://localhost")
            await _one(studio, store, *sent[0], -1)
            began = time.perf_counter()
            working = asyncio.create_task(_all(studio, store, sent))
            while not working.done():
                peak = max(peak, memory_mb([os.getpid()]))
                await asyncio.wait({working}, timeout=WATCH_SECONDS)
            took, written = time.perf_counter() - began, await working
    finally:
        await studio.close()
        os.sched_setaffinity(0, free)
    return {
        "avatars_per_second": round(PICTURES / took, 1), "ms_each": round(1e3 * took / PICTURES, 1),
        "memory_mb_peak": round(peak, 1), "bytes_each": round(written / PICTURES), "errors": 0,
    }  # fmt: skip


async def _all(studio: Studio, store: Disk, sent: list[tuple[bytes, str]]) -> int:
    return sum([await _one(studio, store, *sent[number % len(sent)], number) for number in range(PICTURES)])


async def _one(studio: Studio, store: Disk, body: bytes, media: str, number: int) -> int:
    """As the worker does it: proved, made, kept."""
    hashlib.sha256(body).digest()
    made = await studio.make(body, media=media, sizes=[Size(*size) for size in SIZES[Kind.AVATAR]])
    for each in made:
        ending = each.media.partition("/")[2]
        await store.put(f"media/{number + 1}/{each.width}.{ending}", each.body, media=each.media, cache=ONE_YEAR)
    return sum(len(each.body) for each in made)
