"""Does a sealed value open only where it belongs, and can it be found without being read?"""

import hmac
import subprocess
import sys
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from hongyan.vault import keys, profiles
from hongyan.vault.sealing import (
    Unsealable,
    hasher,
    keyed_hash,
    keyed_hashes,
    seal,
    sealed_with,
    sealer,
    unseal,
)

PHONE = "members_member.phone"
OLD, NEW = "11" * 32, "22" * 32


@pytest.fixture(params=["std", "gm"])
def profile(request: pytest.FixtureRequest, settings: Settings) -> str:
    settings.HONGYAN_CRYPTO_PROFILE = request.param
    settings.HONGYAN_KEYS = {"k1": OLD, "k2": NEW}
    settings.HONGYAN_ACTIVE_KEY = "k1"
    return str(request.param)


@pytest.mark.parametrize("text", ["", "10012345678", "甘肃省兰州市城关区天水南路", "x" * 5000])
def test_what_is_sealed_opens_again(profile: str, text: str) -> None:
    sealed = seal(text, place=PHONE, row="u1")
    assert unseal(sealed, place=PHONE, row="u1") == text
    assert unseal(memoryview(sealed), place=PHONE, row="u1") == text
    assert sealed_with(sealed) == (profile, "k1")
    assert not text or text.encode() not in sealed


def test_two_seals_of_one_value_differ(profile: str) -> None:
    assert len({seal("10012345678", place=PHONE, row="u1") for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (PHONE, "u2"),
        ("members_member.id_number", "u1"),
        # Place and row run together to the same characters: only the length tells them apart.
        (PHONE + "u", "1"),
        (PHONE[:-1], "eu1"),
    ],
)
def test_a_value_moved_elsewhere_does_not_open(profile: str, place: str, row: str) -> None:
    with pytest.raises(Unsealable):
        unseal(seal("10012345678", place=PHONE, row="u1"), place=place, row=row)


def test_every_flipped_bit_and_every_cut_is_noticed(profile: str) -> None:
    sealed = seal("10012345678", place=PHONE, row="u1")
    for position in range(len(sealed)):
        for bit in range(8):
            broken = bytearray(sealed)
            broken[position] ^= 1 << bit
            with pytest.raises(Unsealable):
                unseal(bytes(broken), place=PHONE, row="u1")
        with pytest.raises(Unsealable):
            unseal(sealed[:position], place=PHONE, row="u1")


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_way(raw: bytes) -> None:
    with pytest.raises(Unsealable):
        unseal(raw, place=PHONE, row="u1")


def test_a_value_from_an_old_key_and_the_other_profile_still_opens(settings: Settings) -> None:
    settings.HONGYAN_KEYS = {"k1": OLD}
    settings.HONGYAN_ACTIVE_KEY = "k1"
    settings.HONGYAN_CRYPTO_PROFILE = "std"
    old = seal("10012345678", place=PHONE, row="u1")
    settings.HONGYAN_KEYS = {"k1": OLD, "k2": NEW}
    settings.HONGYAN_ACTIVE_KEY = "k2"
    settings.HONGYAN_CRYPTO_PROFILE = "gm"
    assert unseal(old, place=PHONE, row="u1") == "10012345678"
    assert sealed_with(seal("1", place=PHONE, row="u1")) == ("gm", "k2")
    settings.HONGYAN_KEYS = {"k2": NEW}
    with pytest.raises(Unsealable, match="k1"):
        unseal(old, place=PHONE, row="u1")


def test_another_secret_under_the_same_id_does_not_open(settings: Settings) -> None:
    settings.HONGYAN_KEYS, settings.HONGYAN_ACTIVE_KEY = {"k1": OLD}, "k1"
    sealed = seal("10012345678", place=PHONE, row="u1")
    settings.HONGYAN_KEYS = {"k1": NEW}
    with pytest.raises(Unsealable):
        unseal(sealed, place=PHONE, row="u1")


def test_hashes_are_stable_and_differ_by_purpose_key_and_profile(settings: Settings) -> None:
    seen = set()
    for profile in ("std", "gm"):
        for secret in (OLD, NEW):
            settings.HONGYAN_KEYS, settings.HONGYAN_ACTIVE_KEY = {"k1": secret}, "k1"
            settings.HONGYAN_CRYPTO_PROFILE = profile
            for purpose in ("phone", "id_number"):
                found = keyed_hash("10012345678", purpose=purpose)
                assert found == keyed_hash("10012345678", purpose=purpose)
                assert len(found) == 64
                seen.add(found)
    assert len(seen) == 8


def test_a_hash_is_found_while_keys_and_profile_change(settings: Settings) -> None:
    settings.HONGYAN_KEYS, settings.HONGYAN_ACTIVE_KEY = {"k1": OLD}, "k1"
    settings.HONGYAN_CRYPTO_PROFILE = "std"
    stored = keyed_hash("10012345678", purpose="phone")
    settings.HONGYAN_KEYS, settings.HONGYAN_ACTIVE_KEY = {"k1": OLD, "k2": NEW}, "k2"
    settings.HONGYAN_CRYPTO_PROFILE = "gm"
    candidates = keyed_hashes("10012345678", purpose="phone")
    assert candidates[0] == keyed_hash("10012345678", purpose="phone")
    assert stored in candidates
    assert stored != candidates[0]
    assert len(set(candidates)) == 4


def test_another_process_computes_the_same(profile: str) -> None:
    """Derivation depends on the settings alone: no random salt, no order of a set."""
    sealed = seal("10012345678", place=PHONE, row="u1").hex()
    program = (
        "from django.conf import settings\n"
        f"settings.configure(HONGYAN_KEYS={{'k1': '{OLD}'}}, HONGYAN_ACTIVE_KEY='k1',"
        f" HONGYAN_CRYPTO_PROFILE='{profile}',"
        " HONGYAN_KEY_PROVIDER='hongyan.vault.keys.SettingsKeys')\n"
        "from hongyan.vault.sealing import unseal, keyed_hash\n"
        f"print(unseal(bytes.fromhex('{sealed}'), place='{PHONE}', row='u1'))\n"
        "print(keyed_hash('1', purpose='phone'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["10012345678", keyed_hash("1", purpose="phone")]


def test_threads_do_not_disturb_each_other(profile: str) -> None:
    faults: list[str] = []

    def work(name: str) -> None:
        expected = keyed_hash(name, purpose="phone")
        for number in range(300):
            sealed = seal(f"{name}-{number}", place=PHONE, row=name)
            if unseal(sealed, place=PHONE, row=name) != f"{name}-{number}":
                faults.append(name)
            if keyed_hash(name, purpose="phone") != expected:
                faults.append(name)

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_sm4_gcm_and_sm3_match_the_published_vectors() -> None:
    """RFC 8998 A.1 for SM4-GCM, GB/T 32905 (the message "abc") through HMAC's inner digest for SM3."""
    from cryptography.hazmat.primitives import hashes

    cipher = profiles.Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    bound = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex(
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
        "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
    )
    expected = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert cipher.encrypt(nonce, plain, bound) == expected
    assert cipher.decrypt(nonce, expected, bound) == plain
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize("secret", ["", "00", "zz" * 32, "11" * 31])
def test_a_bad_key_is_refused_without_being_repeated(settings: Settings, secret: str) -> None:
    settings.HONGYAN_KEYS, settings.HONGYAN_ACTIVE_KEY = {"k1": secret}, "k1"
    with pytest.raises(ImproperlyConfigured) as caught:
        seal("1", place=PHONE, row="u1")
    assert not secret or secret not in str(caught.value)


def test_an_unknown_profile_is_refused(settings: Settings) -> None:
    settings.HONGYAN_CRYPTO_PROFILE = "rot13"
    with pytest.raises(ImproperlyConfigured):
        seal("1", place=PHONE, row="u1")


def test_new_keys_are_usable_and_never_the_same(settings: Settings) -> None:
    made = {keys.new_key() for _ in range(100)}
    assert len(made) == 100
    settings.HONGYAN_KEYS, settings.HONGYAN_ACTIVE_KEY = {"k9": made.pop()}, "k9"
    assert unseal(seal("1", place=PHONE, row="u1"), place=PHONE, row="u1") == "1"


class HardwareKeys:
    """A provider of its own, as a hardware module would be: its secret is not in the settings."""

    def active(self) -> str:
        return "hsm"

    def ids(self) -> tuple[str, ...]:
        return ("hsm",)

    def subkey(self, key_id: str, *, profile: profiles.Profile, use: str, size: int) -> bytes:
        import hashlib

        return hashlib.pbkdf2_hmac("sha256", b"inside the module", use.encode(), 1, size)


def test_another_key_provider_takes_the_place(settings: Settings) -> None:
    settings.HONGYAN_KEY_PROVIDER = f"{__name__}.HardwareKeys"
    sealed = seal("1", place=PHONE, row="u1")
    assert sealed_with(sealed)[1] == "hsm"
    assert unseal(sealed, place=PHONE, row="u1") == "1"


def test_many_are_sealed_and_hashed_as_one_is(profile: str) -> None:
    sealed = sealer(PHONE)("10012345678", "u1")
    assert unseal(sealed, place=PHONE, row="u1") == "10012345678"
    assert sealed_with(sealed) == (profile, "k1")
    with pytest.raises(Unsealable):
        unseal(sealed, place=PHONE, row="u2")
    for text in ("", "10012345678", "x" * 500):
        assert hasher("phone")(text) == keyed_hash(text, purpose="phone")


@pytest.mark.parametrize("key", [b"", b"k" * 32, b"k" * 64, b"k" * 100])
def test_the_quick_hmac_is_the_one_everybody_computes(key: bytes) -> None:
    for message in (b"", b"10012345678", b"x" * 500):
        assert profiles.STD.mac(key)(message) == hmac.digest(key, message, "sha256")
