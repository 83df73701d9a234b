# task: Build a note store with SQLite full-text search, snippets and ranking.
import sqlite3

db = sqlite3.connect(":memory:")
db.execute("CREATE VIRTUAL TABLE notes USING fts5(title, body, tokenize = 'porter unicode61')")
notes = [
    ("Shopping", "Buy apples, bread and cheese. The apple pie needs apples!"),
    ("Garden", "The apple tree should be pruned in February."),
    ("Work", "Prepare the quarterly report and the meeting agenda."),
    ("Café", "Best crème brûlée near the river."),
]
db.executemany("INSERT INTO notes VALUES (?, ?)", notes)


def search(query):
    sql = "SELECT title, snippet(notes, 1, '[', ']', '…', 6) FROM notes WHERE notes MATCH ? ORDER BY rank"
    return db.execute(sql, (query,)).fetchall()


for query in ("apple", "report AND meeting", "prune*", "creme", '"apple tree"', "title:work", "apple NOT tree", "banana"):
    print(f"{query!r}:")
    for title, text in search(query):
        print(f"   {title}: {text}")
db.execute("DELETE FROM notes WHERE title = 'Garden'")
print("after delete:", [title for title, _ in search("apple")])
try:
    search('"unbalanced')
except sqlite3.OperationalError as error:
    print("bad query:", error)
