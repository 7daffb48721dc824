"""Is a stored photo pixels and nothing else, upright, and is what is no photo refused?"""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from hongyan.documents.photos import LONGEST, Photo, clean_photo, discard, is_plain, store, stored
from hongyan.documents.refusals import Refusal, Why
from tests.documents.files import packed
from tests.documents.hostile import png

CANARY = b"CANARY-36.0614N-103.8343E"


def scene(width: int = 800, height: int = 600) -> Image.Image:
    """Draw a picture whose upper left corner is red."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill="red")
    return image


def written(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = exif[0x010E] = CANARY.decode()
    exif[0x9286] = CANARY
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (36.0, 3.0, 41.0), "E", (103.0, 50.0, 3.0)
    place[29] = CANARY.decode()
    return exif


def planted(kind: str) -> bytes:
    """Write a photo with everything in it that tells where and by whom it was taken."""
    options: dict[str, object] = {"exif": _exif(), "icc_profile": CANARY * 9}
    if kind == "JPEG":
        options |= {"comment": CANARY, "xmp": b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"}
    if kind == "WEBP":
        options |= {"xmp": b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"}
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_text("Comment", CANARY.decode())
        info.add_itxt("XML:com.adobe.xmp", CANARY.decode())
        options["pnginfo"] = info
    # Behind the end of the picture, as some phones put a short film.
    return written(scene(), kind, **options) + CANARY


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_planted_is_left(kind: str) -> None:
    dirty = planted(kind)
    assert dirty.count(CANARY) >= 3
    photo = clean_photo(dirty)
    assert isinstance(photo, Photo)
    assert photo.content.count(b"CANARY") == 0
    for word in (b"Exif", b"http", b"xmp", b"ICC_PROFILE", b"Photoshop", b"ftyp"):
        assert word not in photo.content
    with Image.open(io.BytesIO(photo.content)) as image:
        image.load()
        assert (image.format, image.size) == ("JPEG", (photo.width, photo.height))
        assert not image.getexif()
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
    assert is_plain(photo.content)


def test_the_gate_itself_sees_what_is_planted() -> None:
    clean = clean_photo(written(scene()))
    assert isinstance(clean, Photo)
    plain = clean.content
    app1 = b"\xff\xe1\x00\x0aExif\0\0xx"
    assert is_plain(plain)
    for fault in (
        plain[:2] + app1 + plain[2:],
        plain[:-2] + b"\xff\xfe\x00\x04hi\xff\xd9",
        plain + b"PK",
        plain[:-2],
        planted("JPEG"),
        b"\xff\xd8\xff\xd9"[:3],
        b"<svg/>",
    ):
        assert not is_plain(fault)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (1, (5, 5)),
        (3, (-5, -5)),
        (6, (-5, 5)),
        (8, (5, -5)),
        (2, (-5, 5)),
        (4, (5, -5)),
        (5, (5, 5)),
        (7, (-5, -5)),
    ],
)
def test_it_stands_upright(orientation: int, corner: tuple[int, int]) -> None:
    photo = clean_photo(written(scene(), exif=_exif(orientation)))
    assert isinstance(photo, Photo)
    assert (photo.width > photo.height) == (orientation < 5)
    with Image.open(io.BytesIO(photo.content)) as image:
        x, y = (place % size for place, size in zip(corner, image.size, strict=True))
        red, green, _ = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    assert red > 200 > 80 > green


@pytest.mark.parametrize(
    ("size", "expected"),
    [((4000, 3000), (1280, 960)), ((3000, 6000), (640, 1280)), ((640, 480), (640, 480))],
)
def test_its_longest_side_is_bounded(size: tuple[int, int], expected: tuple[int, int]) -> None:
    photo = clean_photo(written(scene(*size)))
    assert isinstance(photo, Photo)
    assert (photo.width, photo.height) == expected
    assert max(expected) <= LONGEST


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_every_kind_of_pixel(mode: str) -> None:
    photo = clean_photo(written(Image.new(mode, (400, 300)), "PNG"))
    assert isinstance(photo, Photo)


REFUSED = [
    (b"", Why.EMPTY),
    (b"x" * 10_000_001, Why.PHOTO_TOO_LARGE),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Why.NOT_A_PHOTO),
    (b"<!doctype html><script>alert(1)</script>", Why.NOT_A_PHOTO),
    (b"%PDF-1.7", Why.NOT_A_PHOTO),
    (b"GIF89a" + b"\0" * 40, Why.NOT_A_PHOTO),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Why.PHONE_FORMAT),
    (b"RIFF\x10\0\0\0WAVEfmt ", Why.NOT_A_PHOTO),
    (b"\xff\xd8\xff\xe0" + b"\0" * 300, Why.NOT_A_PHOTO),
    (written(scene())[:3000], Why.NOT_A_PHOTO),
    (written(scene(), "PNG")[:-40], Why.NOT_A_PHOTO),
    (written(scene()) + packed({"a.html": "x"}), Why.TWO_FACED),
    (written(scene()) + b"<script>alert(1)</script>", Why.TWO_FACED),
    (written(scene(), comment=b"<html><body onload=x>"), Why.TWO_FACED),
    (written(scene()) + b"%PDF-1.4 1 0 obj", Why.TWO_FACED),
    (written(scene(), comment=b"<?php system($_GET[0]); ?>"), Why.TWO_FACED),
    (written(scene(150, 120)), Why.TOO_SMALL),
    (png(60_000, 60_000, packed_rows=b"x"), Why.TOO_MANY_PIXELS),
    (png(2**31 - 1, 2**31 - 1, packed_rows=b"x"), Why.TOO_MANY_PIXELS),
]


@pytest.mark.parametrize(("content", "why"), REFUSED)
def test_what_is_no_photo_is_refused(content: bytes, why: Why) -> None:
    found = clean_photo(content)
    assert isinstance(found, Refusal)
    assert found.why == why
    assert found.sentence.endswith("。")


def test_a_picture_of_many_packed_pixels_stays_behind_the_bars() -> None:
    # Sixty kilobytes that decode to sixty million pixels: allowed, made small; or refused, never an error here.
    found = clean_photo(png(7700, 7700))
    assert isinstance(found, Photo)
    assert max(found.width, found.height) == LONGEST
    text = png(400, 300, (b"zTXt", b"Comment\0\0" + b"x" * 100))
    assert isinstance(clean_photo(text), Photo | Refusal)


def test_a_photo_is_kept_under_its_own_name_only(tmp_path: Path) -> None:
    photo = clean_photo(written(scene()))
    other = clean_photo(written(scene()))
    assert isinstance(photo, Photo)
    assert isinstance(other, Photo)
    assert photo.name != other.name
    folder = tmp_path / "photos"
    store(photo, folder)
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    assert [entry.name for entry in folder.iterdir()] == [photo.name]
    assert stored(photo.name, folder) == photo.content
    for name in (
        "",
        "../secret.jpg",
        "..",
        f"../photos/{photo.name}",
        f"{photo.name}\n",
        photo.name.upper(),
        f"{photo.name}\0",
        "0" * 32 + ".jpg",
    ):
        assert stored(name, folder) is None
        discard(name, folder)
    assert (tmp_path / "secret.jpg").exists()
    discard(photo.name, folder)
    assert not list(folder.iterdir())
