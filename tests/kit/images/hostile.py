"""Images as strangers send them: whole ones, and some that are meant to do harm."""

import io
import struct
import zlib

from PIL import Image

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
ZIP = b"PK\x03\x04" + b"\x00" * 26 + b"payload.exe" + b"PK\x05\x06" + b"\x00" * 18


def image(format_: str = "PNG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **saved: object) -> bytes:
    """A picture with a left half of another colour than its right one."""
    picture = Image.new(mode, size, 40 if len(mode) == 1 else (200, 30, 30, 128)[: len(mode)])
    picture.paste(90 if len(mode) == 1 else (20, 40, 200, 255)[: len(mode)], (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, format_, **saved)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a hundred kilobytes that unfolds into a gigabyte."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\x00" * (1 + width)) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def animation(frames: int, size: tuple[int, int] = (64, 64), format_: str = "WEBP") -> bytes:
    pictures = [Image.new("RGB", size, (number * 16 % 256, number // 16, 7)) for number in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, format_, save_all=True, append_images=pictures[1:], duration=20)
    return out.getvalue()


def photograph(orientation: int = 6) -> bytes:
    """A JPEG with its camera's turn and the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[1] = "N"
    return image("JPEG", (400, 200), exif=exif, comment=b"a remark")
