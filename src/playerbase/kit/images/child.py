"""The process in which images of strangers are decoded: it knows nothing, and each image gets a fork with limits.

Started by its path, without an environment; it imports Pillow once, then reads orders from its input and answers on its
output. An order or answer is a line of JSON with the length of what follows it. Nothing of ours is imported here.
"""

import io
import json
import os
import resource
import select
import signal
import sys
import time
import warnings
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageOps

MEMORY_BYTES_MAX = 512 * 1024 * 1024
CPU_SECONDS_MAX = 10
WALL_SECONDS_MAX = 20
ANSWER_BYTES_MAX = 32 * 1024 * 1024
FILES_MAX = 16  # What is open already stays open; hardly anything more can be.
SIDE_MIN = 16
ORIENTATION = 0x0112  # The tag of EXIF that says which way up a camera was held.
# More effort at WebP (4) saves two bytes in a hundred and takes a third longer.
WEBP_QUALITY, WEBP_METHOD, JPEG_QUALITY = 80, 2, 85
# Turned after the resizing, so that the whole is never held turned and unturned.
TURNS = {
    2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE], 6: [Image.Transpose.ROTATE_270], 7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_90],
}  # fmt: skip
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


class UnfitImage(Exception):
    """This image is not taken; the argument is the code that says why."""


def kind_of(body: bytes) -> str:
    """The media type that the first bytes say, of those that are taken; raises UnfitImage."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    raise UnfitImage("type_not_taken")


def is_cut(body: bytes, media: str) -> bool:
    """Whether a file ends before it says it does."""
    if media == "image/webp":
        return int.from_bytes(body[4:8], "little") + 8 > len(body)
    if media == "image/jpeg":
        return b"\xff\xd9" not in body[2:]
    at = 8
    while at + 12 <= len(body):
        name = body[at + 4 : at + 8]
        at += int.from_bytes(body[at : at + 4]) + 12
        if name == b"IEND":
            return at > len(body)
    return True


def variants(order: dict[str, Any], body: bytes) -> list[tuple[int, int, str, bytes]]:
    """Each size of the order in WebP and in what every client reads; raises UnfitImage.

    ``order``: ``media`` that was announced, ``sizes`` (largest first, of one shape), ``pixels_max``, ``frames_max``,
    ``frame_pixels_max``.
    """
    media = kind_of(body)
    if media != order["media"]:
        raise UnfitImage("type_differs")
    if is_cut(body, media):
        raise UnfitImage("cut_short")
    Image.MAX_IMAGE_PIXELS = order["pixels_max"]
    largest = tuple(order["sizes"][0])
    with warnings.catch_warnings():
        # Pillow only warns of up to twice too many; that is too many here.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture = _shrunk(_opened(order, body, media), largest)
    made: list[tuple[int, int, str, bytes]] = []
    for width, height in order["sizes"]:
        picture = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
        made += [(width, height, *each) for each in _encoded(picture)]
    return made


def _opened(order: dict[str, Any], body: bytes, media: str) -> Image.Image:
    try:
        image: Image.Image = Image.open(io.BytesIO(body), formats=(FORMATS[media],))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnfitImage("too_many_pixels") from None
    width, height = image.size
    if width * height > order["pixels_max"]:
        raise UnfitImage("too_many_pixels")
    if min(width, height) < SIDE_MIN:
        raise UnfitImage("too_small")
    frames = getattr(image, "n_frames", 1)
    if frames > order["frames_max"] or (frames > 1 and frames * width * height > order["frame_pixels_max"]):
        raise UnfitImage("too_many_frames")
    return image


def _shrunk(image: Image.Image, largest: tuple[int, int]) -> Image.Image:
    """The first frame, upright, not much larger than it must be; in RGB, or RGBA if anything shines through."""
    turns = TURNS.get(image.getexif().get(ORIENTATION, 1), [])
    profile = image.info.get("icc_profile")
    side = max(largest)
    # A JPEG can be read at half its size, a quarter or an eighth, for a fraction of the work.
    image.draft("RGB", (side, side))
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        image = image.point(lambda value: value / 256).convert("L")  # type: ignore[operator,unused-ignore]
    is_clear = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    if image.mode != ("RGBA" if is_clear else "RGB"):
        image = image.convert("RGBA" if is_clear else "RGB")
    # Whichever way it is turned afterwards, both sides are then long enough to be cut.
    factor = max(side / image.size[0], side / image.size[1])
    if factor < 1:
        size = max(1, round(image.size[0] * factor)), max(1, round(image.size[1] * factor))
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    for turn in turns:
        image = image.transpose(turn)
    if is_clear and image.getchannel("A").getextrema() == (255, 255):
        image, is_clear = image.convert("RGB"), False
    return _in_srgb(image, profile) if profile and not is_clear else image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours as every screen shows them; an odd profile is left out as if it had not been there."""
    try:
        made = ImageCms.profileToProfile(image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return made or image


def _encoded(picture: Image.Image) -> list[tuple[str, bytes]]:
    # Made of nothing but the pixels: what was written beside them, or behind them, does not come along.
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    webp, other = io.BytesIO(), io.BytesIO()
    bare.save(webp, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    if bare.mode == "RGBA":
        bare.save(other, "PNG", compress_level=6)
        return [("image/webp", webp.getvalue()), ("image/png", other.getvalue())]
    bare.save(other, "JPEG", quality=JPEG_QUALITY, progressive=True)
    return [("image/webp", webp.getvalue()), ("image/jpeg", other.getvalue())]


def answered(order: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """What is said of an order: the variants, or why there are none."""
    try:
        made = variants(order, body)
    except UnfitImage as unfit:
        return {"code": str(unfit)}, b""
    except MemoryError:
        return {"code": "too_costly"}, b""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"code": "too_many_pixels"}, b""
    except Exception as fault:
        # Pillow says it in many ways, and each of them means that these bytes are no image.
        return {"code": "cut_short" if "truncated" in str(fault) else "broken"}, b""
    heads = [[width, height, media, len(each)] for width, height, media, each in made]
    return {"code": "", "variants": heads}, b"".join(each for *_, each in made)


def limit_process() -> None:
    """What one image may cost, and that it can write nowhere: for the fork that decodes it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_MAX, FILES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def in_fork(order: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """Have a fork of this process do it; one that dies, or takes too long, is an answer too."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        # Whatever happens in here, the fork ends here.
        try:
            os.close(reading)
            limit_process()
            with os.fdopen(writing, "wb") as out:
                write(out, *answered(order, body))
        finally:
            os._exit(0)
    os.close(writing)
    gathered, is_late = _gathered(reading)
    if is_late:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if is_late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}):
        return {"code": "too_costly"}, b""
    answer = read(io.BytesIO(gathered))
    return answer or ({"code": "broken"}, b"")


def _gathered(reading: int) -> tuple[bytes, bool]:
    """All that a fork says, and whether it was cut off."""
    gathered, until = bytearray(), time.monotonic() + WALL_SECONDS_MAX
    with os.fdopen(reading, "rb", buffering=0) as source:
        while True:
            ready, _, _ = select.select([source], [], [], max(0.0, until - time.monotonic()))
            if not ready or len(gathered) > ANSWER_BYTES_MAX:
                return b"", True
            piece = source.read(65_536)
            if not piece:
                return bytes(gathered), False
            gathered += piece


def write(out: BinaryIO, head: dict[str, Any], body: bytes) -> None:
    """Send a head and what belongs to it."""
    out.write(json.dumps({**head, "length": len(body)}).encode() + b"\n" + body)
    out.flush()


def read(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next head and what belongs to it; None at the end, or if it is not whole."""
    line = source.readline()
    if not line.endswith(b"\n"):
        return None
    head: dict[str, Any] = json.loads(line)
    body = source.read(head["length"])
    return (head, body) if len(body) == head["length"] else None


def main() -> None:
    """Answer orders until nobody is there to give any."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Of the terminal; whoever started this ends it.
    plain = io.BytesIO()
    Image.new("RGB", (64, 64)).save(plain, "PNG")
    order = {"media": "image/png", "sizes": [[32, 32]], "pixels_max": 4_096, "frames_max": 1, "frame_pixels_max": 4_096}
    answered(order, plain.getvalue())  # So that every fork finds the codecs loaded.
    while (asked := read(sys.stdin.buffer)) is not None:
        write(sys.stdout.buffer, *in_fork(*asked))


if __name__ == "__main__":
    main()
