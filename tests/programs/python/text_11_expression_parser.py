# task: Write a calculator: a recursive-descent parser for arithmetic with variables, functions and clear errors.
import math
import re


class Parser:
    TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*/^%(),=]))")

    def __init__(self, names):
        self.names = names

    def evaluate(self, text):
        self.tokens, position = [], 0
        while position < len(text.rstrip()):
            match = self.TOKEN.match(text, position)
            if not match:
                raise SyntaxError(f"unexpected {text[position]!r} at {position}")
            self.tokens.append(match.group(1) or match.group(2) or match.group(3))
            position = match.end()
        self.tokens.append(None)
        if len(self.tokens) > 2 and self.tokens[1] == "=":
            name = self.take()
            self.take()
            self.names[name] = value = self.sum()
        else:
            value = self.sum()
        if self.tokens[0] is not None:
            raise SyntaxError(f"unexpected {self.tokens[0]!r}")
        return value

    def take(self, *expected):
        token = self.tokens.pop(0)
        if expected and token not in expected:
            raise SyntaxError(f"expected {' or '.join(expected)}, not {token or 'the end'}")
        return token

    def sum(self):
        value = self.product()
        while self.tokens[0] in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self):
        value = self.unary()
        while self.tokens[0] in ("*", "/", "%"):
            operator, right = self.take(), self.unary()
            value = value * right if operator == "*" else value / right if operator == "/" else value % right
        return value

    def unary(self):
        if self.tokens[0] == "-":
            self.take()
            return -self.unary()
        value = self.atom()
        if self.tokens[0] in ("^", "**"):
            self.take()
            return value ** self.unary()
        return value

    def atom(self):
        token = self.take()
        if token == "(":
            value = self.sum()
            self.take(")")
            return value
        if token is None:
            raise SyntaxError("unexpected end")
        if token[0].isdigit():
            return float(token)
        if token.isidentifier():
            if self.tokens[0] == "(":
                self.take()
                arguments = [self.sum()]
                while self.take(",", ")") == ",":
                    arguments.append(self.sum())
                return getattr(math, token)(*arguments)
            return self.names[token]
        raise SyntaxError(f"unexpected {token!r}")


parser = Parser({"pi": math.pi})
for line in ("1 + 2 * 3", "-(2 + 3) ^ 2", "2 ** 3 ** 2", "x = 7 % 4", "x * 10 / 4", "sqrt(16) + hypot(3, 4)", "2 * pi", "1.5e2", "3 +", "2 $ 3", "y + 1", "1 / 0", "(1", "nosuch(1)", "4 4"):
    try:
        print(f"{line:<24} = {parser.evaluate(line):g}")
    except Exception as error:
        print(f"{line:<24} ! {type(error).__name__}: {error}")
