# task: Build a small command-line tool with argparse sub-commands and run it with several argument lists.
import argparse
import io
import shlex
from contextlib import redirect_stderr
from pathlib import Path


def build():
    parser = argparse.ArgumentParser(prog="todo", description="Keeps a list.", color=False)
    parser.add_argument("-v", "--verbose", action="count", default=0)
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="add an entry")
    add.add_argument("text", nargs="+")
    add.add_argument("--priority", type=int, choices=range(1, 4), default=2)
    add.add_argument("--tag", action="append", default=[])
    show = commands.add_parser("list")
    show.add_argument("--by", choices=["text", "priority"], default="text")
    show.add_argument("--all", action=argparse.BooleanOptionalAction, default=True)
    done = commands.add_parser("done")
    done.add_argument("number", type=int)
    return parser


store = Path("todo.txt")


def load():
    return [line.split("\t") for line in store.read_text().splitlines()] if store.exists() else []


def run(line):
    args = build().parse_args(shlex.split(line))
    entries = load()
    if args.command == "add":
        entries.append([str(args.priority), " ".join(args.text), ",".join(args.tag)])
        print(f"added #{len(entries)}" + (f" (verbose {args.verbose})" if args.verbose else ""))
    elif args.command == "list":
        for priority, text, tags in sorted(entries, key=lambda e: e[0] if args.by == "priority" else e[1]):
            print(f"  [{priority}] {text} {tags and '#' + tags}".rstrip())
    else:
        try:
            print("done:", entries.pop(args.number - 1)[1])
        except IndexError:
            print("no entry", args.number)
    store.write_text("".join("\t".join(entry) + "\n" for entry in entries))


for line in ("add buy milk", "-vv add 'call Bob' --priority 1 --tag phone --tag work", "list", "list --by priority --no-all", "done 1", "done 9", "list"):
    print("$ todo", line)
    run(line)
for line in ("add x --priority 7", "fly", "", "done x"):
    errors = io.StringIO()
    try:
        with redirect_stderr(errors):
            run(line)
    except SystemExit as stop:
        print(f"$ todo {line}: exit {stop.code}: {errors.getvalue().strip().splitlines()[-1].split('error: ')[1][:48]}")
print(build().format_help().splitlines()[0])
