# task: group_by, filter_by, map_items, sort_by, unique and chunk on dicts, objects and plain values
from collections import namedtuple

from sandbox_utils import chunk, filter_by, group_by, map_items, sort_by, unique

User = namedtuple("User", "name age")
users = [{"name": "Ann", "age": 31, "city": "Oslo"}, {"name": "Bob", "age": 25, "city": "Rome"}, {"name": "Cy", "age": 31, "city": "Oslo"}]
people = [User("Zoe", 5), User("Abe", 9)]


class Point:
    def __init__(self, x):
        self.x = x


print({city: [user["name"] for user in group] for city, group in group_by(users, "city").items()})
print(group_by(["aa", "b", "cc"], len), group_by([], "x"), group_by((n for n in range(4)), lambda n: n % 2))
print(filter_by(users, lambda user: user["age"] > 30)[1]["name"], filter_by([0, 1, "", "x", None], bool))
print(map_items(users, lambda user: user["name"].upper()), map_items("12", int))
print([user["name"] for user in sort_by(users, "age")], [user["name"] for user in sort_by(users, "age", reverse=True)])
print([point.x for point in sort_by([Point(3), Point(1)], "x")], sort_by(people, lambda person: person.name)[0].name)
print(sort_by(["b", "A", "c"], str.lower), sort_by([3, 1, 2], lambda n: n, True))
print(unique([1, 1.0, True, "1", None, None]), unique([{"a": 1}, {"a": 1}, {"a": 2}]), [user["name"] for user in unique(users, "city")])
print(unique("mississippi"), unique([-2, 2, 3], abs), unique([]))
print(list(chunk(range(7), 3)), list(chunk([], 2)), list(chunk("abcd", 4)), next(chunk(iter(range(10**9)), 2)))

for call in (
    lambda: chunk([1], 0),
    lambda: chunk([1], -3),
    lambda: group_by(users, "missing"),
    lambda: sort_by([1, "a"], lambda value: value),
    lambda: group_by([1, 2], lambda n: [n]),
    lambda: sort_by([Point(1)], "y"),
):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
