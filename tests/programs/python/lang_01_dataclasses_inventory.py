# task: Model an inventory with dataclasses: validation, ordering, immutability, defaults, replace and JSON.
import json
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, fields, replace
from typing import ClassVar


@dataclass(frozen=True, order=True)
class Money:
    cents: int
    currency: str = field(default="EUR", compare=False)

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.cents + other.cents, self.currency)

    def __str__(self):
        return f"{self.cents / 100:.2f} {self.currency}"


@dataclass(slots=True, kw_only=True)
class Item:
    VAT: ClassVar[float] = 0.2
    name: str
    price: Money
    tags: list[str] = field(default_factory=list)
    stock: int = 0
    total: Money = field(init=False, repr=False)

    def __post_init__(self):
        if self.stock < 0:
            raise ValueError(f"{self.name}: negative stock {self.stock}")
        self.total = Money(self.price.cents * self.stock, self.price.currency)


items = [Item(name="pen", price=Money(150), stock=10), Item(name="desk", price=Money(19_900), tags=["wood"], stock=2)]
print(items[0], "|", max(items, key=lambda item: item.total).name)
print(sum((item.total for item in items), Money(0)), Money(1) < Money(2), sorted([Money(3), Money(1)]))
print(json.dumps(asdict(items[1])), astuple(Money(5)), [f.name for f in fields(Item) if f.init])
print(replace(items[0], stock=3).total, hash(Money(7)) == hash(Money(7, "USD")), Item.VAT)
for action in (lambda: Item(name="x", price=Money(1), stock=-1), lambda: Money(1) + Money(1, "USD"), lambda: setattr(Money(1), "cents", 5), lambda: Item("x", Money(1)), lambda: setattr(items[0], "colour", "red")):
    try:
        action()
    except (ValueError, FrozenInstanceError, TypeError, AttributeError) as error:
        print(type(error).__name__, "-", str(error).split(" (")[0][:60])
