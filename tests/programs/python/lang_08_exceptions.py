# task: Design an exception hierarchy with chaining, notes, groups, else/finally order and custom attributes.
import traceback


class ShopError(Exception):
    code = 1


class OutOfStock(ShopError):
    code = 2

    def __init__(self, item, wanted, available):
        super().__init__(f"{item}: wanted {wanted}, only {available} left")
        self.item, self.missing = item, wanted - available


def flow(value):
    steps = []
    try:
        steps.append("try")
        result = 10 / value
    except ZeroDivisionError:
        steps.append("except")
        return steps
    except TypeError as error:
        steps.append(f"type: {error}")
    else:
        steps.append(f"else {result}")
    finally:
        steps.append("finally")
    return steps


def order(item, n):
    stock = {"tea": 5}
    try:
        available = stock[item]
    except KeyError as error:
        raise ShopError(f"no such item {item}") from error
    if n > available:
        error = OutOfStock(item, n, available)
        error.add_note("try again on Monday")
        raise error
    return n


for value in (5, 0, "x"):
    print(flow(value))
for item, n in (("tea", 2), ("tea", 9), ("milk", 1)):
    try:
        print(order(item, n))
    except OutOfStock as error:
        print("stock:", error, error.missing, error.code, error.__notes__)
    except ShopError as error:
        print("shop:", error, error.code, "from", repr(error.__cause__))
try:
    raise ExceptionGroup("batch", [ValueError("a"), OutOfStock("tea", 2, 1), ExceptionGroup("inner", [KeyError("k")])])
except* OutOfStock as group:
    print("matched", [str(e) for e in group.exceptions])
except* (ValueError, KeyError) as group:
    print("rest", len(group.exceptions), group.exceptions[0])
try:
    try:
        int("x")
    except ValueError:
        raise RuntimeError("while handling") from None
except RuntimeError as error:
    print("context hidden:", error.__suppress_context__, type(error.__context__).__name__)
    text = "".join(traceback.format_exception(error))
    print(text.count("Traceback"), text.strip().splitlines()[-1])
print([type(e).__name__ for e in (OutOfStock("a", 1, 0),)] + [c.__name__ for c in OutOfStock.__mro__])
