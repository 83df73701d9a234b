# task: every example in the documentation of sandbox_utils gives what it says
import doctest
import json
from pathlib import Path

import sandbox_utils
from sandbox_utils import mkdir

mkdir("data")
Path("data/notes.txt").write_text("a note\nan error\nthe end\n")
Path("data/sales.csv").write_text('day,shop,sum\n1,north,10\n2,"south, west",20\n')
people = [{"name": "Ann", "home": {"city": "Oslo"}}, {"name": "Bob", "home": None}]

finder = doctest.DocTestFinder(recurse=False)
runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
names = {name: getattr(sandbox_utils, name) for name in sandbox_utils.__all__}
for name, function in names.items():
    if name == "json_to_csv":
        Path("data/people.json").write_text(json.dumps(people))
    for test in finder.find(function, name, globs=dict(names, Path=Path)):
        assert test.examples, f"{name} has no example"
        runner.run(test)
print(len(names), "functions,", runner.summarize(verbose=False))
