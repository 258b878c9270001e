"""The document about the sample nation says what the data says, and the command line does what it says."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from yijie.interfaces.cli.sample import app
from yijie.interfaces.sample.describe import BLOCK, TABLES, TableUnknown, filled

DOCUMENT = Path(__file__).parents[3] / "docs" / "sample-nation.md"


def test_the_tables_of_the_document_are_those_of_the_data():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert filled(text) == text, "run: yijie sample document docs/sample-nation.md"
    assert {block.group(2) for block in BLOCK.finditer(text)} == set(TABLES)


def test_a_table_that_does_not_exist_is_named():
    with pytest.raises(TableUnknown, match="weather"):
        filled("<!-- table: weather -->\n<!-- end -->")


def test_the_command_rewrites_a_stale_document(database, tmp_path):
    file = tmp_path / "nation.md"
    file.write_text("before\n<!-- table: pools -->\nstale\n<!-- end -->\nafter\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["document", str(file)], catch_exceptions=False)
    assert done.exit_code == 0
    text = file.read_text(encoding="utf-8")
    assert "stale" not in text
    assert "成都市" in text


def test_the_command_loads_the_nation_into_the_given_database(db, query):
    done = CliRunner().invoke(app, ["load", "--people", "25", "--seed", "3"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "37 people" in done.output
    assert "Seed 3" in done.output
    assert query("SELECT count(*) FROM enrolment_person WHERE sample") == [(37,)]
