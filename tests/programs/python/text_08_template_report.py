# task: Generate a report from string templates with alignment, plurals, currency and missing values.
from string import Formatter, Template

people = [{"name": "Ann", "files": 1, "due": 12.5}, {"name": "Bob", "files": 3, "due": None}, {"name": "Christopher", "files": 0, "due": 1234567.891}]


class Report(Formatter):
    def format_field(self, value, spec):
        if spec.startswith("plural:"):
            one, many = spec.removeprefix("plural:").split("/")
            return f"{value} {one if value == 1 else many}"
        if spec == "money":
            return "n/a" if value is None else f"${value:,.2f}"
        return super().format_field(value, spec)

    def get_value(self, key, args, kwargs):
        return kwargs.get(key, f"<{key}?>") if isinstance(key, str) else args[key]


fmt = Report()
for person in people:
    print(fmt.format("{name:<12.8}|{files:plural:file/files}|{due:money}|{phone}", **person))
print(Template("Dear $name, you owe $$${amount}. ${missing}").safe_substitute(name="Ann", amount=5))
try:
    Template("$who").substitute({})
except KeyError as error:
    print("missing key", error)
print("{0[name]} {1.real} {2!r:>8} {:{width}.{digits}f}".replace("{:{", "{3:{").format(people[0], 5, "x", 3.14159, width=8, digits=2))
value = 1234.5678
print(f"{value=:.1f} {value:>+12,.2f} {value:e} {42:b} {42:o} {42:X} {'ß'!a} {7:03d}", "%-6s|%5.1f%%" % ("ab", 99.44))
print("|".join(f"{n:^5}" for n in (1, 22, 333)), f"{'nested ' + str(len([f'{i}' for i in range(3)]))}")
