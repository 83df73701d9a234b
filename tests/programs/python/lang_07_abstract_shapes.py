# task: Use abstract base classes, properties, class methods, operator overloading and multiple inheritance.
import math
from abc import ABC, abstractmethod
from functools import total_ordering


@total_ordering
class Shape(ABC):
    registry = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Shape.registry[cls.__name__] = cls

    @property
    @abstractmethod
    def area(self): ...

    def __eq__(self, other):
        return isinstance(other, Shape) and math.isclose(self.area, other.area)

    def __lt__(self, other):
        return self.area < other.area if isinstance(other, Shape) else NotImplemented

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{k.lstrip('_')}={v}' for k, v in vars(self).items())})"


class Circle(Shape):
    def __init__(self, radius):
        self.radius = radius

    @property
    def radius(self):
        return self._radius

    @radius.setter
    def radius(self, value):
        if value <= 0:
            raise ValueError("radius must be positive")
        self._radius = value

    @property
    def area(self):
        return math.pi * self.radius**2

    @classmethod
    def from_diameter(cls, diameter):
        return cls(diameter / 2)


class Rectangle(Shape):
    def __init__(self, width, height):
        self.width, self.height = width, height

    @property
    def area(self):
        return self.width * self.height


class Loud:
    def describe(self):
        return super().describe().upper()


class Named:
    def describe(self):
        return f"a {type(self).__name__} of {self.area:.2f}"


class Square(Loud, Named, Rectangle):
    def __init__(self, side):
        super().__init__(side, side)


shapes = [Rectangle(2, 3), Circle(1), Square(2), Circle.from_diameter(4)]
print(sorted(shapes), max(shapes), Rectangle(1, 4) == Square(2))
print(Square(3).describe(), [c.__name__ for c in Square.__mro__], sorted(Shape.registry))
for action in (Shape, lambda: Circle(0), lambda: Circle(1) < 5, lambda: setattr(Circle(1), "area", 3)):
    try:
        action()
    except (TypeError, ValueError, AttributeError) as error:
        print(type(error).__name__)


class Vector:
    def __init__(self, *xs):
        self.xs = xs

    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self.xs, other.xs, strict=True)))

    def __mul__(self, k):
        return Vector(*(x * k for x in self.xs)) if isinstance(k, (int, float)) else sum(a * b for a, b in zip(self.xs, k.xs))

    __rmul__ = __mul__

    def __abs__(self):
        return math.hypot(*self.xs)

    def __iter__(self):
        return iter(self.xs)

    def __bool__(self):
        return any(self.xs)

    def __format__(self, spec):
        return "(" + ", ".join(format(x, spec) for x in self.xs) + ")"


v = Vector(3, 4)
print(f"{v + 2 * v:.1f}", v * v, abs(v), list(v), bool(Vector(0, 0)), [*v, *v])
