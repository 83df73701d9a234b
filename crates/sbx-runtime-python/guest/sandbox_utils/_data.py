"""Working on lists of things."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import islice
from typing import Any

from sandbox_utils._paths import Key


def group_by(items: Iterable[Any], key: Key) -> dict[Any, list[Any]]:
    """The items in lists by their key, which is a function or the name of a dict entry or attribute.

    >>> group_by([1, 2, 3, 4], lambda n: "even" if n % 2 == 0 else "odd")
    {'odd': [1, 3], 'even': [2, 4]}
    """
    of = _getter(key)
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(of(item), []).append(item)
    return groups


def filter_by(items: Iterable[Any], predicate: Callable[[Any], Any]) -> list[Any]:
    """The items for which the predicate is true.

    >>> filter_by(range(6), lambda n: n > 3)
    [4, 5]
    """
    return [item for item in items if predicate(item)]


def map_items(items: Iterable[Any], func: Callable[[Any], Any]) -> list[Any]:
    """What the function returns for each item.

    >>> map_items(["a", "b"], str.upper)
    ['A', 'B']
    """
    return [func(item) for item in items]


def sort_by(items: Iterable[Any], key: Key, reverse: bool = False) -> list[Any]:
    """The items sorted by a key: a function or the name of a dict entry or attribute. Equal ones stay in order.

    >>> sort_by([{"n": 2}, {"n": 1}], "n")
    [{'n': 1}, {'n': 2}]
    """
    return sorted(items, key=_getter(key), reverse=reverse)


def unique(items: Iterable[Any], key: Key | None = None) -> list[Any]:
    """The items without repetitions, the first of equals kept; with `key`, of those with equal keys.

    >>> unique([3, 1, 3, [1], [1]])
    [3, 1, [1]]
    """
    of = None if key is None else _getter(key)
    seen: set[Hashable] = set()
    unhashable: list[Any] = []
    kept = []
    for item in items:
        value = item if of is None else of(item)
        try:
            if value in seen:
                continue
            seen.add(value)
        except TypeError:
            if value in unhashable:
                continue
            unhashable.append(value)
        kept.append(item)
    return kept


def chunk(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of `size`; the last may be shorter.

    >>> list(chunk([1, 2, 3, 4, 5], 2))
    [[1, 2], [3, 4], [5]]
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, not {size}")

    def chunks() -> Iterator[list[Any]]:
        rest = iter(items)
        while part := list(islice(rest, size)):
            yield part

    return chunks()


def _getter(key: Key) -> Callable[[Any], Any]:
    if callable(key):
        return key
    return lambda item: item[key] if hasattr(item, "__getitem__") else getattr(item, key)
