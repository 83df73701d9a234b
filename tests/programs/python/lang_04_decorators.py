# task: Write decorators: timing-free call counter, retry with back-off list, memoise, validation, and class decorators.
import functools
import inspect


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def retry(times, exceptions=(Exception,)):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(1, times + 1):
                try:
                    return function(*args, **kwargs)
                except exceptions as error:
                    print(f"  attempt {attempt} of {function.__name__}: {error}")
                    if attempt == times:
                        raise
        return wrapper
    return decorate


def checked(function):
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            wanted = signature.parameters[name].annotation
            if wanted is not inspect.Parameter.empty and not isinstance(value, wanted):
                raise TypeError(f"{name} must be {wanted.__name__}, not {type(value).__name__}")
        return function(*bound.args, **bound.kwargs)

    return wrapper


def registry(cls):
    registry.known[cls.__name__.lower()] = cls
    return cls


registry.known = {}


@counted
@functools.cache
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


state = {"left": 2}


@retry(3, (ConnectionError,))
def fetch():
    """Pretends to fetch."""
    if state["left"]:
        state["left"] -= 1
        raise ConnectionError("not yet")
    return "data"


@checked
def repeat(text: str, times: int = 2) -> str:
    return text * times


@registry
class Circle:
    pass


print(fibonacci(30), fibonacci.calls, fibonacci.__name__)
print(fetch(), fetch.__doc__)
print(repeat("ab"), repeat("x", times=3), inspect.signature(repeat))
try:
    repeat(5)
except TypeError as error:
    print(error)
print(registry.known)


@functools.singledispatch
def show(value):
    return f"object {value!r}"


show.register(int)(lambda value: f"number {value}")
show.register(list)(lambda value: "list of " + ", ".join(map(show, value)))
print(show([1, "a", [2]]), functools.reduce(lambda a, b: a * b, range(1, 6)), functools.partial(int, base=2)("1010"))
