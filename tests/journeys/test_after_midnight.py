"""Whoever files today is treated from today: the demonstration plays at any hour, also in the first of the day."""

from datetime import datetime, time

from desks import Desk

from yijie.interfaces.demo.before import files_for_beijing, shows_who_she_is
from yijie.interfaces.demo.narrator import Narrator
from yijie.interfaces.demo.play import Play
from yijie.interfaces.demo.stays import stays_in_beijing
from yijie.interfaces.sample import cast
from yijie.kernel.dates import SHANGHAI, clock_set_to, today


class PlayHere(Play):
    """A play whose hospitals speak to the platform in this process."""

    def hospital(self, code, name):
        return Desk(code)


def test_the_demonstration_plays_a_minute_after_midnight(fresh_nation):
    with clock_set_to(datetime.combine(today(), time(0, 1), SHANGHAI)):
        play = PlayHere(str, Narrator())
        files_for_beijing(play)
        stays_in_beijing(play, shows_who_she_is(play))
        play.short_stay(cast.CHENGDU_RETIREE, play.beijing, "ZY-MIDNIGHT")
    assert len(play.settled) == 2
