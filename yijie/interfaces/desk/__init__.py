"""Pages for people: hospital desks and offices, bureaus, auditors. Every page is registered with the roles it is for.

A page reads through the desk's own database role (``yijie.domain.access``), so it cannot show a row outside its user's
scope; what it changes it changes through the domain's use cases.
"""
