"""Has images made by processes that know nothing, a few of them kept warm."""

import asyncio
import queue
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from playerbase.kit import log, metrics

PROCESSES: Final = 2
SECONDS_MAX: Final = 30.0  # The process keeps the time itself (20 s); this is for one that cannot.
CHILD: Final = Path(__file__).with_name("child.py")  # Started by its path: Pillow is no part of any other process.
PIXELS_MAX: Final = 40_000_000
FRAMES_MAX: Final = 60
FRAME_PIXELS_MAX: Final = 60_000_000

# Why an image is not taken, by the code, as whoever sent it reads it.
REASONS: Final = {
    "type_not_taken": "This is not a JPEG, PNG or WebP image, whatever it is called.",
    "type_differs": "The image is of another type than was announced.",
    "too_many_pixels": "The image has too many pixels; send it smaller.",
    "too_many_frames": "The image is an animation with too many frames.",
    "too_small": "The image is too small to show anything; each side has at least 16 pixels.",
    "cut_short": "The image ends before it should; send it again, whole.",
    "broken": "The image cannot be read.",
    "too_costly": "Reading the image takes more time or memory than one image may.",
}

_seconds = metrics.Histogram("image_seconds", "Time until all sizes of an image were made.", ["outcome"])
_log = log.get("images")


class Size(msgspec.Struct, frozen=True):
    """How large a variant is."""

    width: int
    height: int


class Limits(msgspec.Struct, frozen=True):
    """What an image may hold at most."""

    pixels_max: int = PIXELS_MAX
    frames_max: int = FRAMES_MAX
    frame_pixels_max: int = FRAME_PIXELS_MAX


class Variant(msgspec.Struct, frozen=True):
    """An image in one size and type, made anew from nothing but pixels."""

    width: int
    height: int
    media: str
    body: bytes


class Unfit(Exception):
    """The image is not taken: ``code`` says why for programs, ``REASONS`` of it for people."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code])
        self.code = code


class _Answer(msgspec.Struct, frozen=True):
    """What a process says; the bytes of the variants follow."""

    code: str
    length: int
    variants: list[tuple[int, int, str, int]] = []


class Studio:
    """A pool of decoding processes; started when first needed, and started anew when one is lost."""

    def __init__(self, processes: int = PROCESSES, *, seconds_max: float = SECONDS_MAX) -> None:
        self._seconds_max = seconds_max
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="images")
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes] | None] = queue.SimpleQueue()
        for _ in range(processes):
            self._idle.put(None)
        self._processes = processes

    async def make(
        self,
        body: bytes,
        *,
        media: str,
        sizes: Sequence[Size],
        limits: Limits = Limits(),  # noqa: B008 - it is frozen.
    ) -> list[Variant]:
        """Every size in WebP, and in JPEG or (where something shines through) PNG; ``sizes`` of one shape.

        ``media`` is the type that was announced. The picture is cut to the shape around its middle and turned upright;
        nothing that was written beside its pixels comes along. Raises Unfit.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._make, body, media, sizes, limits)

    async def close(self) -> None:
        """End all processes; what is under way is finished first."""
        await asyncio.to_thread(self._threads.shutdown)
        for _ in range(self._processes):
            process = self._idle.get()
            if process is not None:
                _end(process)

    def _make(self, body: bytes, media: str, sizes: Sequence[Size], limits: Limits) -> list[Variant]:
        ordered = sorted(sizes, key=lambda size: -size.width)
        order = {
            "media": media, "sizes": [(size.width, size.height) for size in ordered], **msgspec.structs.asdict(limits)
        }  # fmt: skip
        began = time.perf_counter()
        process = self._idle.get()
        try:
            if process is None or process.poll() is not None:
                if process is not None:
                    _end(process)
                process = _start()
            answer, made = self._asked(process, order, body)
        except (OSError, EOFError) as fault:
            _log.warning("a decoding process was lost", fault=repr(fault))
            if process is not None:
                _end(process)
            process = None
            answer, made = _Answer("too_costly", 0), b""
        finally:
            self._idle.put(process)
        code = answer.code if answer.code in {"", *REASONS} else "broken"
        _seconds.labels(code or "made").observe(time.perf_counter() - began)
        if code:
            raise Unfit(code)
        return _variants(answer.variants, made)

    def _asked(self, process: subprocess.Popen[bytes], order: dict[str, object], body: bytes) -> tuple[_Answer, bytes]:
        assert process.stdin is not None
        assert process.stdout is not None
        head = msgspec.json.encode({**order, "length": len(body)})
        process.stdin.write(head + b"\n" + body)
        process.stdin.flush()
        # It says nothing before it has everything, so the first byte is what there is to wait for.
        ready, _, _ = select.select([process.stdout], [], [], self._seconds_max)
        line = process.stdout.readline() if ready else b""
        if not line.endswith(b"\n"):
            raise EOFError
        answer = msgspec.json.decode(line, type=_Answer)
        made = process.stdout.read(answer.length)
        if len(made) < answer.length:
            raise EOFError
        return answer, made


def _variants(heads: Sequence[tuple[int, int, str, int]], made: bytes) -> list[Variant]:
    found, at = [], 0
    for width, height, media, length in heads:
        found.append(Variant(width, height, media, made[at : at + length]))
        at += length
    return found


def _start() -> subprocess.Popen[bytes]:
    # Isolated, and without an environment: there is nothing in there to be found out.
    return subprocess.Popen(  # noqa: S603 - our own file.
        [sys.executable, "-I", str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={},
        cwd="/", start_new_session=True,
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
    process.wait()
