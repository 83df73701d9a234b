# task: Use typing features: protocols, generics, TypedDict, NamedTuple, Literal, overloads and runtime checks.
from collections.abc import Callable, Iterable, Iterator
from enum import Flag, IntEnum, StrEnum
from typing import Annotated, Literal, NamedTuple, NotRequired, Protocol, Self, TypedDict, get_args, get_origin, get_type_hints, runtime_checkable


@runtime_checkable
class Drawable(Protocol):
    def draw(self) -> str: ...


class Button:
    def draw(self) -> str:
        return "[ok]"


class Stack[T]:
    def __init__(self) -> None:
        self._items: list[T] = []

    def push(self, item: T) -> Self:
        self._items.append(item)
        return self

    def __iter__(self) -> Iterator[T]:
        return reversed(self._items)


def first[T](items: Iterable[T], default: T | None = None) -> T | None:
    return next(iter(items), default)


class Movie(TypedDict):
    title: str
    year: NotRequired[int]


class Point(NamedTuple):
    x: float
    y: float = 0.0

    def mirrored(self) -> "Point":
        return self._replace(x=-self.x)


class Color(StrEnum):
    RED = "red"
    GREEN = "green"


class Level(IntEnum):
    LOW = 1
    HIGH = 3


class Access(Flag):
    READ = 1
    WRITE = 2
    EXECUTE = 4


type Handler = Callable[[str], int]
Mode = Literal["r", "w"]
Positive = Annotated[int, "greater than zero"]

print(isinstance(Button(), Drawable), isinstance(5, Drawable), list(Stack[int]().push(1).push(2)), first([]), first("xyz"))
movie: Movie = {"title": "Up"}
print(movie, Movie.__required_keys__, sorted(Movie.__optional_keys__), get_type_hints(Movie)["title"])
print(Point(1, 2).mirrored(), Point(5)._asdict(), Point._field_defaults, Point(1) < Point(1, 3))
print(Color("red"), Color.GREEN.upper(), [c.name for c in Color], f"{Color.RED}", Level.HIGH > 2, Level(1).name, max(Level))
both = Access.READ | Access.WRITE
print(both, Access.READ in both, bool(both & Access.EXECUTE), ~both == Access.EXECUTE)
print(get_args(Mode), get_origin(dict[str, int]), get_args(Positive), Handler.__value__, Stack.__type_params__)
try:
    Color("blue")
except ValueError as error:
    print(error)
