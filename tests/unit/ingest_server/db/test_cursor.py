import sqlite3
from pathlib import Path

from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.cursor import Cursor, read_cursor, write_cursor
from runtime.database import connect


def test_cursors_start_at_nothing_and_keep_apart(tmp_path: Path) -> None:
    book: sqlite3.Connection = connect(tmp_path / "book.db")
    migrate_book(book)
    write_cursor(book, Cursor.URGENT, 7)
    write_cursor(book, Cursor.URGENT, 9)
    assert (read_cursor(book, Cursor.URGENT), read_cursor(book, Cursor.BULK)) == (9, 0)
    book.close()
