"""Pictures."""

import struct
import zlib

from tests.hostile.pieces import Folder, piece
from tests.support.sites import picture

_EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n(/etc/shadow) (r) file 1000 string readstring pop print\nshowpage\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *more: bytes, data: bytes = b"") -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(more)
        + _chunk(b"IDAT", data or zlib.compress(b"\0" * 50_000_000, 9))
        + _chunk(b"IEND", b"")
    )


def _bombs() -> tuple[bytes, ...]:
    text = zlib.compress(b"a" * 50_000_000, 9)
    return (
        _png(30_000, 30_000), _png(2**31 - 1, 2**31 - 1), _png(0, 0), _png(5_000, 3_000), _png(1, 2**31 - 1), _png(9, 9, _chunk(b"zTXt", b"x\0\0" + text)), _png(9, 9, _chunk(b"iCCP", b"x\0\0" + text)),
        _png(9, 9, *(_chunk(b"tEXt", b"a\0b") for _ in range(20_000))), _png(9, 9, _chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + b"\0" * 100)), b"GIF89a" + b"\xff" * 100, picture(40, 30, "GIF") [:30] + b"\x2c" * 500,
        b"P6\n100000 100000\n255\n", b"BM" + b"\xff" * 60, b"II*\0\x08\0\0\0\xff\xff" + b"\0" * 500, b"RIFF\xff\xff\xff\xffWEBPVP8X" + b"\xff" * 50, b"\0\0\1\0\xff\xff" + b"\0" * 500, b"8BPS\0\1" + b"\xff" * 50,
    )  # fmt: skip


@piece(mild=True)
def picture_bombs(site: Folder) -> None:
    _show(site, site.random.choice(_bombs()), site.random.choice(("png", "png", "jpg", "gif", "webp")))


@piece(mild=True)
def pictures_with_wrong_endings(site: Folder) -> None:
    data = site.random.choice(
        (
            _EPS,
            b"%PDF-1.4\n",
            b"#FIG 3.2\n",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            picture(30, 20, "TIFF"),
            picture(30, 20, "EPS"),
            picture(30, 20, "PPM"),
            b"text",
            b"",
        )
    )
    _show(site, data, site.random.choice(("png", "jpg", "gif", "webp", "svg", "avif", "eps", "tiff", "ico", "pdf")))


@piece(mild=True)
def damaged_pictures(site: Folder) -> None:
    form = site.random.choice(("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"))
    data = bytearray(picture(1_600, 900, form))
    for _ in range(site.random.choice((1, 5, 50))):
        data[site.random.randrange(min(len(data), 600))] = site.random.randrange(256)
    if site.random.random() < 0.4:
        del data[site.random.randrange(len(data)) :]
    _show(site, bytes(data), {"JPEG": "jpg"}.get(form, form.lower()))


def _show(site: Folder, data: bytes, ending: str) -> None:
    name = f"p{len(data)}.{ending}"
    site.write(f"content/posts/{name}", data)
    front = f"image: {name}\nimage_alt: x\n" if site.random.random() < 0.3 else ""
    site.post(f"picture-{len(data)}", f"![what it shows]({name})", front)
    if site.random.random() < 0.2:
        site.write("content/favicon.ico", data)
