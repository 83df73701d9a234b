# task: Use recursive queries for a tree of categories, JSON functions, and user-defined SQL functions.
import json
import math
import sqlite3

db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE category (id INTEGER, parent INTEGER, name TEXT, meta TEXT)")
db.executemany(
    "INSERT INTO category VALUES (?, ?, ?, ?)",
    [(1, None, "Shop", '{"tags": []}'), (2, 1, "Books", '{"tags": ["print", "new"]}'), (3, 1, "Music", "{}"), (4, 2, "Novels", '{"tags": ["new"]}'), (5, 4, "Crime", '{"n": 7}')],
)
tree = """
WITH RECURSIVE t(id, name, depth, path) AS (
  SELECT id, name, 0, name FROM category WHERE parent IS NULL
  UNION ALL SELECT c.id, c.name, depth + 1, path || ' > ' || c.name FROM category c JOIN t ON c.parent = t.id
) SELECT depth, name, path FROM t ORDER BY path"""
for depth, name, path in db.execute(tree):
    print("  " * depth + name, f"({path})")
print(db.execute("WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f LIMIT 12) SELECT group_concat(a, ' ') FROM f").fetchone()[0])
print(db.execute("SELECT name, json_extract(meta, '$.tags[0]'), json_array_length(meta, '$.tags') FROM category").fetchall())
print(db.execute("SELECT value, COUNT(*) FROM category, json_each(meta, '$.tags') GROUP BY value ORDER BY 1").fetchall())


class Median:
    def __init__(self):
        self.values = []

    def step(self, value):
        self.values.append(value)

    def finalize(self):
        values = sorted(self.values)
        n = len(values)
        return (values[(n - 1) // 2] + values[n // 2]) / 2


db.create_function("reverse", 1, lambda text: text[::-1], deterministic=True)
db.create_function("hypot", 2, math.hypot)
db.create_aggregate("median", 1, Median)
print(db.execute("SELECT reverse(name), hypot(id * 3, id * 4) FROM category WHERE id = 2").fetchone())
print(db.execute("SELECT median(length(name)) FROM category").fetchone()[0])
print(json.loads(db.execute("SELECT json_group_array(name) FROM category").fetchone()[0]))
