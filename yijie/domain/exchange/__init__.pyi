from .asking import (
    ask as ask,
    ask_in_versions as ask_in_versions,
    is_away as is_away,
    transport_is as transport_is,
)
from .directory import (
    forget_directory as forget_directory,
    holder_of as holder_of,
    holds as holds,
    is_here as is_here,
    peer as peer,
    peers as peers,
    regions_of as regions_of,
)
from .envelope import Message as Message, opened as opened, sealed as sealed
from .errors import (
    NotYours as NotYours,
    PeerSilent as PeerSilent,
    RegionMoving as RegionMoving,
    ToldByPeer as ToldByPeer,
)
from .identity import Identity as Identity, acting_as as acting_as, alone as alone, me as me
from .inbox import forget_old_answers as forget_old_answers, receive as receive
from .kinds import KINDS as KINDS, Kind as Kind
from .membership import Card as Card, admit as admit, directory_in as directory_in, directory_out as directory_out
from .outbox import Parcel as Parcel, deliver as deliver, leave as leave, wake as wake, woken as woken
