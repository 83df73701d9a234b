# task: Use descriptors, __getattr__, metaclasses, dynamic classes and the inspect and ast modules.
import ast
import inspect


class Positive:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, owner=None):
        return self if obj is None else obj.__dict__[self.name]

    def __set__(self, obj, value):
        if value <= 0:
            raise ValueError(f"{self.name} must be positive")
        obj.__dict__[self.name] = value


class Meta(type):
    def __new__(mcs, name, bases, namespace):
        namespace["fields"] = [key for key, value in namespace.items() if isinstance(value, Positive)]
        return super().__new__(mcs, name, bases, namespace)

    def __len__(cls):
        return len(cls.fields)


class Box(metaclass=Meta):
    width = Positive()
    height = Positive()

    def __init__(self, width, height):
        self.width, self.height = width, height


class Config:
    def __init__(self, **values):
        self.__dict__["_values"] = values

    def __getattr__(self, name):
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no setting {name!r}") from None

    def __setattr__(self, name, value):
        self._values[name] = value

    def __dir__(self):
        return sorted(self._values)


print(Box.fields, len(Box), vars(Box(2, 3)))
try:
    Box(1, -1)
except ValueError as error:
    print(error)
config = Config(host="local", port=1)
config.port += 1
print(config.port, dir(config), hasattr(config, "nope"), getattr(config, "nope", "default"))
Dynamic = type("Dynamic", (Box,), {"area": property(lambda self: self.width * self.height)})
print(Dynamic(3, 4).area, Dynamic.__name__, isinstance(Dynamic(1, 1), Box))


def sample(a, b=2, *args, c: int = 3, **kwargs) -> str:
    """Does nothing."""


print([f"{p.name}:{p.kind.name}" for p in inspect.signature(sample).parameters.values()], inspect.getdoc(sample))
tree = ast.parse("total = price * (1 + 0.2)\nprint(total)")
print(sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}), ast.unparse(tree.body[0].value))


class Fold(ast.NodeTransformer):
    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return ast.copy_location(ast.Constant(eval(compile(ast.Expression(node), "", "eval"))), node)
        return node


print(ast.unparse(Fold().visit(ast.parse("x = 2 * 3 + y * (4 - 1)"))))
scope = {}
exec("def double(n):\n    return n * 2", scope)
print(scope["double"](21), eval("a + b", {}, {"a": 1, "b": 2}), ast.literal_eval("{'k': [1, (2, 3)]}"))
