"""How this run's own processes hash passwords: as the product does, but once instead of a million times.

Signing in is what hundreds of tests begin with; servers that tests start hash as the product does.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Quick(PBKDF2PasswordHasher):
    """Hashes that the product's own hasher can check."""

    iterations = 1
