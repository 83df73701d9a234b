# task: Persist objects with pickle, shelve, json and marshal-free copies, including versioned migration.
import copy
import json
import pickle
import shelve
from datetime import date
from pathlib import Path


class Account:
    VERSION = 2

    def __init__(self, owner, balance):
        self.owner, self.balance, self.opened = owner, balance, date(2025, 1, 2)

    def __getstate__(self):
        return {"v": self.VERSION, **self.__dict__}

    def __setstate__(self, state):
        if state.pop("v", 1) < 2:
            state["balance"] = state.pop("amount")
            state["opened"] = date(1970, 1, 1)
        self.__dict__.update(state)

    def __repr__(self):
        return f"Account({self.owner!r}, {self.balance}, {self.opened})"


account = Account("ann", 10)
Path("account.pkl").write_bytes(pickle.dumps(account))
print(pickle.loads(Path("account.pkl").read_bytes()))
old = Account.__new__(Account)
old.__setstate__({"owner": "bob", "amount": 5})
print(old)
with shelve.open("shelf") as shelf:
    shelf["numbers"] = [1, 2, 3]
    shelf["account"] = account
with shelve.open("shelf", writeback=True) as shelf:
    shelf["numbers"].append(4)
with shelve.open("shelf", flag="r") as shelf:
    print(sorted(shelf), shelf["numbers"], shelf["account"].owner)


class Encoder(json.JSONEncoder):
    def default(self, value):
        if isinstance(value, (date, set)):
            return {"__type__": type(value).__name__, "value": value.isoformat() if isinstance(value, date) else sorted(value)}
        return super().default(value)


def decode(obj):
    kind = obj.get("__type__")
    return {"date": lambda v: date.fromisoformat(v), "set": set}[kind](obj["value"]) if kind else obj


text = json.dumps({"day": date(2025, 5, 5), "tags": {"b", "a"}}, cls=Encoder)
print(text, json.loads(text, object_hook=decode) == {"day": date(2025, 5, 5), "tags": {"a", "b"}})
nested = {"list": [1, [2]]}
shallow, deep = copy.copy(nested), copy.deepcopy(nested)
nested["list"][1].append(3)
print(shallow["list"], deep["list"])
for bad in (lambda: json.dumps({1, 2}), lambda: pickle.dumps(lambda: 0), lambda: json.loads('{"a": NaN1}')):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__)
