"""The journey: someone insured in one city is treated in another and settles on the spot, scene by scene.

Hospital systems speak the national interface over HTTP. What patients and bureau officers do (a filing, showing a
phone's code) goes through the same domain operations that pages will call.
"""

from __future__ import annotations

from collections.abc import Callable

from .afterwards import looks_it_up, void_and_settle_again
from .before import files_for_beijing, shows_who_she_is
from .narrator import Narrator
from .play import Play
from .stays import ceiling_carried_on, emergency, second_stay, stays_in_beijing, unfiled_resident
from .visit import outpatient_at_home


def play_journey(address_of: Callable[[str], str], narrator: Narrator) -> str:
    """Play all scenes; returns the number of the settlement whose statement she leaves with.

    ``address_of`` names the server that a region's hospitals speak to.
    """
    play = Play(address_of, narrator)
    files_for_beijing(play)
    patient = shows_who_she_is(play)
    stay = stays_in_beijing(play, patient)
    unfiled_resident(play)
    emergency(play)
    outpatient_at_home(play)
    void_and_settle_again(play, patient, stay)
    looks_it_up(play, patient, stay)
    second_stay(play, patient)
    ceiling_carried_on(play)
    play.beijing.sign_out()
    return play.settled[0]
