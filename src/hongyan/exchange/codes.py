"""How does a receipt code look on paper, and how is it found without being kept?"""

import secrets

from hongyan.vault.sealing import keyed_hash, keyed_hashes

# No 0 O Q D, 1 I L, 2 Z, 5 S, 8 B, U V: read aloud or copied by hand they are each other.
ALPHABET = "ACEFGHJKMNPRTWXY34679"
GROUPS, GROUP = 4, 4
_PURPOSE = "letter_code"


def new_code() -> str:
    """Draw a code: 16 characters, 70 bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    return "-".join(letters[place : place + GROUP] for place in range(0, len(letters), GROUP))


def bare(code: str) -> str:
    """Keep what can stand on the paper: hyphens, blanks and small letters are as good."""
    return "".join(letter for letter in code.upper() if letter in ALPHABET)


def digest_of(code: str) -> str:
    """Hash a code for keeping."""
    return keyed_hash(bare(code), purpose=_PURPOSE)


def digests_of(code: str) -> list[str]:
    """List every hash a code may be kept under, also while keys change."""
    return keyed_hashes(bare(code), purpose=_PURPOSE)
