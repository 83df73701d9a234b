"""Judges a set of packages by what they say they need, with the markers and versions of the interpreter it runs in.

Standard input: {"packages": [{"name", "version", "newest", "request", "metadata"}], "builtin": {name: version}}, names
normalised. Standard output: {"needs": {name: [name]}, "problems": [{"package", "kind", "reason"}]}.
"""

import json
import platform
import sys
from email.parser import HeaderParser

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

asked = json.load(sys.stdin)
builtin = asked["builtin"]
packages = {package["name"]: package for package in asked["packages"]}
needs = {name: set() for name in packages}
wanted_by = {name: [] for name in packages}
problems = []


def problem(name: str, kind: str, reason: str) -> None:
    problems.append({"package": name, "kind": kind, "reason": reason})


for name, package in packages.items():
    if package["request"]:
        wanted_by[name].append(("the request", Requirement(package["request"])))
    metadata = HeaderParser().parsestr(package["metadata"])
    own_python = metadata["Requires-Python"]
    if own_python and not SpecifierSet(own_python).contains(platform.python_version(), prereleases=True):
        problem(name, "python", f"it is for Python {own_python}, and the guest is {platform.python_version()}")
    for line in metadata.get_all("Requires-Dist") or []:
        try:
            requirement = Requirement(line)
        except ValueError as error:
            problem(name, "needs", f"what it needs cannot be read: {line!r}: {error}")
            continue
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        needed = canonicalize_name(requirement.name)
        if needed in packages:
            found = packages[needed]["version"]
            needs[name].add(needed)
            wanted_by[needed].append((name, requirement))
        elif needed in builtin:
            found = builtin[needed]
        else:
            problem(name, "needs", f"it needs {requirement.name}{requirement.specifier}, which is neither in the lock file nor built in")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            problem(name, "needs", f"it needs {requirement.name}{requirement.specifier}, and there is {found}")

for name, package in packages.items():
    newest = Version(package["newest"])
    holds = [who for who, requirement in wanted_by[name] if not requirement.specifier.contains(newest, prereleases=True)]
    if Version(package["version"]) < newest and not holds:
        problem(name, "fell_back", f"{package['version']} is an old release that the resolver fell back to: the newest is {newest}")

print(json.dumps({"needs": {name: sorted(found) for name, found in needs.items()}, "problems": problems}))
