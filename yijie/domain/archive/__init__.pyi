from .errors import (
    EntryMissing as EntryMissing,
    EntryTaken as EntryTaken,
    EntryTwice as EntryTwice,
    ForeignEncounter as ForeignEncounter,
    ForeignSettlement as ForeignSettlement,
)
from .queries import Asked as Asked, Entry as Entry, count as count, find as find
from .store import Given as Given, Rule as Rule, Stored as Stored, store as store, withdraw as withdraw
