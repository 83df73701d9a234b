# task: Keep a bank's accounts in a SQLite file, transfer money in transactions and roll back on errors.
import os
import sqlite3
from contextlib import closing

with closing(sqlite3.connect("bank.db")) as db:
    with db:
        db.execute("CREATE TABLE account (name TEXT PRIMARY KEY, cents INTEGER NOT NULL CHECK (cents >= 0)) STRICT")
        db.executemany("INSERT INTO account VALUES (?, ?)", [("ann", 10_000), ("bob", 2_500)])

    def transfer(source, target, cents):
        try:
            with db:
                db.execute("UPDATE account SET cents = cents + ? WHERE name = ?", (cents, target))
                db.execute("UPDATE account SET cents = cents - ? WHERE name = ?", (cents, source))
                if db.execute("SELECT changes()").fetchone()[0] != 1:
                    raise LookupError(f"no account {source}")
            return "ok"
        except (sqlite3.IntegrityError, LookupError) as error:
            return f"rolled back: {error}"

    for args in (("ann", "bob", 4_000), ("bob", "ann", 99_999), ("eve", "bob", 1)):
        print(args, transfer(*args), dict(db.execute("SELECT name, cents FROM account")))

print("file exists:", os.path.getsize("bank.db") > 0)
with closing(sqlite3.connect("bank.db")) as again:
    again.row_factory = sqlite3.Row
    rows = again.execute("SELECT * FROM account ORDER BY cents DESC").fetchall()
    print([(row["name"], row["cents"] / 100) for row in rows], rows[0].keys())
    print("sum unchanged:", again.execute("SELECT SUM(cents) FROM account").fetchone()[0] == 12_500)
    print("\n".join(again.iterdump()))
