"""Files of claims, read in batches of whole persons with bounded memory.

A file in which persons stand together in rising order is read straight through. Any other is first parted by person
into temporary files, each small enough to be held at once.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from yijie.interfaces.simulate.columns import REQUIRED, is_known, type_of
from yijie.interfaces.simulate.errors import ClaimsNotReadable, ColumnMissing, ColumnUnknown, NothingToSettle

BATCH_ROWS = 1 << 18
PART_ROWS = 1 << 18
CSV_BYTES_PER_CLAIM = 100
"""A guess at how long a claim is in a CSV file, for parting and for the time left."""
CSV_BLOCK_BYTES = 1 << 24
Tell = Callable[[str, int, int], None]
"""Told what is done, how many claims of it, and how many there are."""


class ClaimsFile:
    """A CSV or Parquet file of claims."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.is_csv = path.suffix.lower() in (".csv", ".txt")
            self.columns = self._columns()
            self.rows = self._rows()
        except (OSError, pa.ArrowInvalid) as error:
            raise ClaimsNotReadable(file=path, reason=error) from None
        for column in self.columns:
            if not is_known(column):
                raise ColumnUnknown(file=path, column=column)
        for column in REQUIRED:
            if column not in self.columns:
                raise ColumnMissing(file=path, column=column, required=", ".join(REQUIRED))

    def _columns(self) -> list[str]:
        if not self.is_csv:
            return pq.read_schema(self.path).names
        with self.path.open(encoding="utf-8-sig") as file:
            return [name.strip().strip('"') for name in file.readline().rstrip("\r\n").split(",")]

    def _rows(self) -> int:
        """How many claims there are; of a CSV file about how many."""
        if self.is_csv:
            return max(1, self.path.stat().st_size // CSV_BYTES_PER_CLAIM)
        return pq.read_metadata(self.path).num_rows

    def batches(self, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """The file from top to bottom, in tables of at most :data:`BATCH_ROWS` rows."""
        try:
            if self.is_csv:
                yield from self._csv_batches(columns)
                return
            with pq.ParquetFile(self.path, pre_buffer=False) as file:
                for batch in file.iter_batches(BATCH_ROWS, columns=columns):
                    yield pa.Table.from_batches([batch])
        except pa.ArrowInvalid as error:
            raise ClaimsNotReadable(file=self.path, reason=error) from None

    def _csv_batches(self, columns: list[str] | None) -> Iterator[pa.Table]:
        convert = arrow_csv.ConvertOptions(
            column_types={name: type_of(name) for name in self.columns},
            include_columns=columns,
            strings_can_be_null=True,
            null_values=[""],
        )
        read = arrow_csv.ReadOptions(block_size=CSV_BLOCK_BYTES)
        with arrow_csv.open_csv(self.path, read_options=read, convert_options=convert) as reader:
            for batch in reader:
                table = pa.Table.from_batches([batch])
                for begin in range(0, table.num_rows, BATCH_ROWS):
                    yield table.slice(begin, BATCH_ROWS)

    def persons_stand_together(self) -> bool:
        """Whether persons come in rising order, so that nobody comes twice."""
        last = None
        for batch in self.batches(["person"]):
            persons = batch["person"].combine_chunks()
            if len(persons) == 0:
                continue
            risen = pc.all(pc.less_equal(persons[:-1], persons[1:])).as_py() is not False
            if not risen or persons.null_count or (last is not None and persons[0].as_py() < last):
                return False
            last = persons[-1].as_py()
        if last is None:
            raise NothingToSettle(file=self.path)
        return True


def whole_persons(file: ClaimsFile, tell: Tell) -> Iterator[pa.Table]:
    """The claims of a file in tables that never part a person."""
    if file.persons_stand_together():
        yield from persons_together(file.batches())
        return
    with tempfile.TemporaryDirectory(prefix="yijie-simulate-") as folder:
        yield from _parted(file, Path(folder), tell)


def persons_together(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Tables in which persons come one after the other, with the last person of each put before the next."""
    held: pa.Table | None = None
    for one in tables:
        table = one if held is None else pa.concat_tables([held, one]).combine_chunks()
        if table.num_rows:
            persons = table["person"]
            first_of_last = pc.index(persons, persons[-1]).as_py()
            held = table.slice(first_of_last)
            if first_of_last:
                yield table.slice(0, first_of_last)
    if held is not None:
        yield held


def _parted(file: ClaimsFile, folder: Path, tell: Tell) -> Iterator[pa.Table]:
    """The file parted by person, then part by part."""
    parts = max(1, -(-file.rows // PART_ROWS))
    writers: dict[int, pa.RecordBatchStreamWriter] = {}
    done = 0
    try:
        for batch in file.batches():
            part = _part_of(batch["person"].combine_chunks(), parts)
            order = np.argsort(part, kind="stable")
            ends = np.cumsum(np.bincount(part, minlength=parts))
            rows = batch.take(order)
            for number, (begin, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
                if end > begin:
                    if number not in writers:
                        options = pa.ipc.IpcWriteOptions(compression="lz4")
                        writers[number] = pa.ipc.new_stream(str(folder / str(number)), rows.schema, options=options)
                    writers[number].write_table(rows.slice(begin, end - begin))
            done += batch.num_rows
            tell("按人分组 parting by person", done, file.rows)
    finally:
        for writer in writers.values():
            writer.close()
    for number in sorted(writers):
        with pa.OSFile(str(folder / str(number))) as source, pa.ipc.open_stream(source) as stream:
            table = stream.read_all().combine_chunks()
        (folder / str(number)).unlink()
        yield table


def _part_of(persons: pa.Array, parts: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The part of each person, the same wherever in the file the person stands."""
    encoded = persons if pa.types.is_dictionary(persons.type) else pc.dictionary_encode(persons)
    numbers = [zlib.crc32(str(person).encode()) % parts for person in encoded.dictionary.to_pylist()]
    return np.array([*numbers, 0], dtype=np.int64)[
        encoded.indices.fill_null(len(numbers)).to_numpy(zero_copy_only=False)
    ]
