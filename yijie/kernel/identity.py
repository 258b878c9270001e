"""Identity numbers and how little of them is shown.

Resident identity number: GB 11643-1999, 17 digits and a check character of ISO 7064 MOD 11-2.
Unified social credit code (institutions): GB 32100-2015, check character MOD 31-3.
"""

from __future__ import annotations

from datetime import date

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident_check(first17: str) -> str:
    """Check character of a resident identity number's first 17 digits."""
    return RESIDENT_CHECKS[sum(int(d) * w for d, w in zip(first17, RESIDENT_WEIGHTS, strict=True)) % 11]


def resident_number(county: str, birth: date, serial: int) -> str:
    """A resident identity number: 6-digit county, birth date, serial 1–999 (odd for men), check character."""
    first17 = f"{county}{birth:%Y%m%d}{serial:03d}"
    return first17 + resident_check(first17)


def is_resident_number(text: str) -> bool:
    """Whether the text is a well-formed resident identity number: digits, a real birth date, a right check."""
    if len(text) != 18 or not text.isascii() or not text[:17].isdigit():
        return False
    try:
        birth_of(text)
    except ValueError:
        return False
    return resident_check(text[:17]) == text[17].upper()


def birth_of(resident: str) -> date:
    """Birth date written in a resident identity number; ValueError where it is no date."""
    return date(int(resident[6:10]), int(resident[10:12]), int(resident[12:14]))


def is_female(resident: str) -> bool:
    """Sex written in a resident identity number: even serial for women."""
    return int(resident[16]) % 2 == 0


def credit_check(first17: str) -> str:
    """Check character of a unified social credit code's first 17 characters."""
    total = sum(CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def masked_number(number: str) -> str:
    """An identity, card or phone number for lists and logs: the first three and last two characters only."""
    if len(number) <= 6:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def masked_name(name: str) -> str:
    """A name for lists and logs: the family name's first character, then asterisks."""
    return name[:1] + "*" * max(len(name) - 1, 1)
