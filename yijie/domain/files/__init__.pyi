from .errors import FileEmpty as FileEmpty, FileTooLarge as FileTooLarge, FileUnknown as FileUnknown
from .store import (
    EVERYBODY as EVERYBODY,
    FILE_BYTES_MAX as FILE_BYTES_MAX,
    Stored as Stored,
    find as find,
    named as named,
    pieces as pieces,
    remove_expired as remove_expired,
    store as store,
)
from .tabular import (
    Table as Table,
    TableUnreadable as TableUnreadable,
    Write as Write,
    read_table as read_table,
    write_table as write_table,
)
