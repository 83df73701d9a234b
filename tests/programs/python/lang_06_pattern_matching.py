# task: Interpret commands and JSON shapes with structural pattern matching.
from dataclasses import dataclass


@dataclass
class Point:
    x: float
    y: float


def command(text):
    match text.split():
        case ["quit" | "exit"]:
            return "bye"
        case ["go", ("north" | "south") as direction]:
            return f"walking {direction}"
        case ["go", other]:
            return f"cannot go {other}"
        case ["take", *things] if things:
            return f"taking {len(things)}: {', '.join(things)}"
        case [verb, *_]:
            return f"unknown verb {verb}"
        case []:
            return "say something"


def describe(value):
    match value:
        case None:
            return "nothing"
        case bool():
            return f"truth {value}"
        case int(n) | float(n) if n < 0:
            return "negative"
        case int() | float():
            return "number"
        case str(text):
            return f"text of {len(text)}"
        case Point(x=0, y=0):
            return "origin"
        case Point(x, y) if x == y:
            return f"diagonal at {x}"
        case Point():
            return "point"
        case {"type": "circle", "radius": r, **rest}:
            return f"circle {r} with {sorted(rest)}"
        case {"items": [{"id": first}, *_]}:
            return f"first id {first}"
        case [] | {}:
            return "empty"
        case [x]:
            return f"only {describe(x)}"
        case (x, *_, y):
            return f"from {describe(x)} to {describe(y)}"
        case _:
            return f"a {type(value).__name__}"


for text in ("quit", "go north", "go up", "take lamp key", "take", "dance now", ""):
    print(f"{text!r}: {command(text)}")
values = [None, True, -3, 2.5, "hey", Point(0, 0), Point(2, 2), Point(1, 2), {"type": "circle", "radius": 3, "fill": 1}, {"items": [{"id": 9}, 1]}, [], [7], (1, "a", None), {1, 2}]
for value in values:
    print(f"{value!r}: {describe(value)}")


def evaluate(tree):
    match tree:
        case ("+", a, b):
            return evaluate(a) + evaluate(b)
        case ("*", a, b):
            return evaluate(a) * evaluate(b)
        case ("-", a):
            return -evaluate(a)
        case int() | float():
            return tree
    raise ValueError(f"bad tree {tree!r}")


print(evaluate(("+", 1, ("*", 3, ("-", 4)))))
