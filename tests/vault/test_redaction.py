"""Does a mask hide what it must, and is a personal number recognised?"""

import uuid

import pytest

from hongyan.vault.redaction import mask_id_number, mask_name, mask_phone, personal_number


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("魏小凡", "魏某凡"),
        ("李明", "李某"),
        ("李", "李某"),
        ("", ""),
        (" 王大明 ", "王某明"),
        ("欧阳明", "欧阳某"),
        ("欧阳小明", "欧阳某明"),
        ("欧阳", "欧某"),
        ("阿依古丽·买买提", "阿某提"),
    ],
)
def test_a_name_keeps_surname_and_last_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("10012345678", "*******5678"), ("+8610012345678", "**********5678"), ("1234567", "*******"), ("", "")],
)
def test_a_phone_keeps_four_digits(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


def test_an_id_number_keeps_four_characters() -> None:
    assert mask_id_number("62010219900101123X") == "**************123X"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("10012345678", "phone"),
        ("电话10012345678。", "phone"),
        ("+86 100 1234 5678", "phone"),
        ("8610012345678", "phone"),
        ("100-1234-5678", "phone"),
        ("62010219900101123X", "id_number"),
        ("身份证62010219900101123x", "id_number"),
        ("journey:5", None),
        # A division of Beijing has twelve digits and starts with 1; a time in milliseconds has thirteen.
        ("110101001001", None),
        ("1763800000000", None),
        ("0931-8765432", None),
        ("2025-02-11", None),
    ],
)
def test_personal_numbers_are_recognised(text: str, kind: str | None) -> None:
    assert personal_number(text) == kind


def test_no_uuid_looks_like_a_number_of_a_person() -> None:
    for number in range(20_000):
        assert (
            personal_number(str(uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128))))
            is None
        )
    assert personal_number("10012345-6781-4001-8001-110101001001") is None
