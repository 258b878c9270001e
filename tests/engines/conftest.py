"""Properties are tried on random policies without a limit in time: a busy machine is not a mistake."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
