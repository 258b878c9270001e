"""Every page with one of its users before it, and an object for it to show."""

import re

from yijie.interfaces.desk import pages
from yijie.interfaces.desk.page import PAGES
from yijie.interfaces.sample.users import USERS

assert pages
SEEN = [one for one in PAGES.values() if "GET" in one.methods]


def user_of(page):
    """A user who opens the page and sees its object."""
    for name in ("desk.beijing", "office.beijing", "supervisor.chengdu", "admin.nation", "auditor.nation"):
        if next(one for one in USERS if one.username == name).role in page.roles:
            return name
    raise AssertionError(page.name)


def address_of(page, objects):
    """Its address with an object of its sort."""
    route = page.route.replace("<str:paper>", objects["paper"])
    if "changes/" in route:
        route = route.replace("<str:number>", objects["change"])
    return "/desk/" + re.sub(r"<str:\w+>", objects.get(page.name.split("_")[0], "1"), route)
