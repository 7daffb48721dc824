"""Does a spreadsheet come back whole, in order, with an answer or a sentence in every row?"""

import csv
import io
import json
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from hongyan.geography.batch import ADDED, Unreadable, answer_rows, read_sheet, write_sheet
from hongyan.geography.evidence import Evidence
from hongyan.geography.locating import locate
from tests.geography.points import fixes

HEADER = "lat,lng,crs,accuracy,address"


def answered(tmp_path: Path, content: bytes) -> list[dict[str, str]]:
    """Return the rows of the answer to a file, by column."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(content)
    call_command("locate", csv=source, out=target)
    return list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline="")))


def lost_or_moved(given: list[list[str]], rows: list[dict[str, str]], header: list[str]) -> list[int]:
    """List the rows of the input whose cells are not found at their place in the output."""
    out = [[row[name] for name in header] for row in rows]
    wrong = [index for index, cells in enumerate(given) if index >= len(out) or out[index] != cells]
    return wrong if len(out) == len(given) else [*wrong, len(given)]


def test_every_row_comes_back_in_order_with_its_cells(tmp_path: Path) -> None:
    header = ["who", *HEADER.split(","), "note"]
    given = [
        ["a", "36.06", "103.83", "wgs84", "60", "", ""],
        ["b", "", "", "", "", "鼓楼区", "keep, me"],
        ["c", "text", "103.83", "wgs84", "60", "", 'quo"ted'],
        ["d", "", "", "", "", "", ""],
        ["e", "35.54", "106.66", "gcj02", "", "解放中路社区", "two\nlines"],
        ["f", "103.83", "36.06", "wgs84", "60", "", ""],
        ["g", "36.06", "103.83", "wgs84", "far", "", ""],
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *given])
    rows = answered(tmp_path, text.getvalue().encode())
    assert lost_or_moved(given, rows, header) == []
    assert list(rows[0]) == [*header, *ADDED]
    assert [row["code"] for row in rows] == ["620102", "", "", "", "620802001001", "", ""]
    assert [row["level"] for row in rows] == ["county", "", "", "", "village", "", ""]
    assert [row["tier"] for row in rows] == ["B", "E", "E", "E", "A", "E", "E"]
    assert all(row["reason"] and 0 <= float(row["probability"]) <= 1 for row in rows)
    assert "纬度“text”不是数字" in rows[2]["reason"]
    assert "写反" in rows[5]["reason"]
    assert "精度“far”不是数字" in rows[6]["reason"]
    assert len(json.loads(rows[1]["candidates"])) == 3


def test_a_lost_row_would_be_noticed() -> None:
    given = [["1"], ["2"], ["3"]]
    assert lost_or_moved(given, [{"a": "1"}, {"a": "3"}], ["a"]) == [1, 2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    rows = answered(tmp_path, f"{HEADER}\n,,,,甘肃省兰州市城关区天水南路社区\n".encode(encoding))
    assert rows[0]["address"] == "甘肃省兰州市城关区天水南路社区"
    assert rows[0]["code"] == "620102016006"


def test_the_mark_is_kept_and_not_invented(tmp_path: Path) -> None:
    for encoding, marked in (("utf-8", False), ("utf-8-sig", True)):
        answered(tmp_path, f"{HEADER}\n,,,,兰州市\n".encode(encoding))
        assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf") is marked


@pytest.mark.parametrize(
    ("header", "cells", "code"),
    [
        ("lat,lng", "36.06,103.83", "620102"),
        ("address", "兰州市城关区", "620102"),
        ("Latitude , LON,note", "36.06,103.83,x", "620102"),
        ("纬度,经度,地址", "36.06,103.83,天水南路社区", "620102016006"),
        ("lat\tlng\taddress", "36.06\t103.83\t天水南路社区", "620102016006"),
        ("lat,lng,accuracy", "36.06°,103.83,60米", "620102"),
        ("lat,lng,address", "36.06,103.83,兰州市,城关区", "620102"),
        ("lat,lng,crs,accuracy,address", "36.06,103.83", "620102"),
    ],
)
def test_columns_may_be_missing_renamed_or_ragged(tmp_path: Path, header: str, cells: str, code: str) -> None:
    assert answered(tmp_path, f"{header}\n{cells}\n".encode())[0]["code"] == code


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"one,two\n1,2\n", "没有认出列名"),
        (b"lat\xff\xff\xff,lng\n", "编码"),
        (b'lat,lng\n"' + b"x" * 200_000 + b'",1\n', "不是完整的 CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_sheet(content)


def test_the_command_refuses_in_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--out"):
        call_command("locate", csv=tmp_path / "in.csv")
    with pytest.raises(CommandError, match="读不了"):
        call_command("locate", csv=tmp_path / "missing.csv", out=tmp_path / "out.csv")
    (tmp_path / "in.csv").write_bytes(b"a,b\n")
    with pytest.raises(CommandError, match="列名"):
        call_command("locate", csv=tmp_path / "in.csv", out=tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_one_position_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(
        "locate", lat=36.06, lng=103.83, crs="wgs84", accuracy=60.0, address="天水南路社区", json=True
    )
    found = json.loads(capsys.readouterr().out)
    assert (found["code"], found["level"], found["tier"]) == ("620102016006", "village", "A")
    assert found["question"] is None
    call_command("locate", address="鼓楼区")
    assert "请问您现在在下面哪个地方" in capsys.readouterr().out


def test_a_long_sheet_is_answered_in_chunks(tmp_path: Path) -> None:
    evidences = [fix.evidence for fix in fixes(6_000, 11)]
    lines = [f"{e.lat},{e.lng},{e.crs},{e.accuracy_m}," for e in evidences]
    started = time.monotonic()
    sheet = read_sheet("\n".join([HEADER, *lines]).encode())
    count = write_sheet(tmp_path / "out.csv", sheet, answer_rows(sheet.rows))
    print(f"{count} rows in {time.monotonic() - started:.1f} s")
    assert count == 6_000


def test_a_row_and_a_single_call_agree() -> None:
    sheet = read_sheet(f"{HEADER}\n36.06,103.83,unknown,80,城关区\n".encode())
    assert list(answer_rows(sheet.rows)) == [
        locate(Evidence(36.06, 103.83, "unknown", 80.0, address="城关区"))
    ]
