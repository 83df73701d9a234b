# task: Create a SQLite shop database and answer questions with joins, grouping and subqueries.
import sqlite3

db = sqlite3.connect(":memory:")
db.executescript("""
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), total REAL CHECK (total >= 0), day TEXT);
""")
db.executemany("INSERT INTO customers (name, city) VALUES (?, ?)", [("Ann", "Oslo"), ("Bob", "Rome"), ("Cy", "Oslo"), ("Dee", None)])
db.executemany(
    "INSERT INTO orders (customer_id, total, day) VALUES (?, ?, ?)",
    [(1, 50.0, "2025-01-03"), (1, 25.5, "2025-02-10"), (2, 99.9, "2025-02-11"), (3, 10.0, "2025-03-01"), (3, 20.0, "2025-03-02")],
)
queries = {
    "spent per city": "SELECT COALESCE(city, '?') AS city, SUM(total) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY city ORDER BY 2 DESC",
    "never ordered": "SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)",
    "above average": "SELECT id, total FROM orders WHERE total > (SELECT AVG(total) FROM orders) ORDER BY total",
    "by month": "SELECT strftime('%Y-%m', day) AS month, COUNT(*), ROUND(AVG(total), 2) FROM orders GROUP BY month HAVING COUNT(*) > 1",
    "running total": "SELECT id, SUM(total) OVER (ORDER BY day) FROM orders",
    "last order each": "SELECT name, MAX(day) FROM customers JOIN orders ON customers.id = customer_id GROUP BY name ORDER BY name",
}
for title, sql in queries.items():
    print(f"{title}: {db.execute(sql).fetchall()}")
try:
    db.execute("INSERT INTO orders (customer_id, total) VALUES (1, -5)")
except sqlite3.IntegrityError as error:
    print("refused:", error)
name = "x'; DROP TABLE customers; --"
print("injection safe:", db.execute("SELECT COUNT(*) FROM customers WHERE name = ?", (name,)).fetchone()[0], db.execute("SELECT COUNT(*) FROM customers").fetchone()[0])
