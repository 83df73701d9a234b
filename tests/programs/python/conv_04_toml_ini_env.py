# task: Read settings from TOML, INI and .env files and print them as one merged table with the source of each.
import configparser
import tomllib
from pathlib import Path

import tomli_w

Path("app.toml").write_text('title = "Demo"\n[server]\nport = 8080\nhosts = ["a", "b"]\n[server.tls]\nenabled = true\nexpires = 2026-01-31\n')
Path("legacy.ini").write_text("[server]\nport = 9090\ntimeout = 30\n[paths]\nroot = /srv\nlogs = %(root)s/logs\n")
Path(".env").write_text('# comment\nSERVER_PORT=7070\nTITLE="My demo"\nEMPTY=\nexport TOKEN=abc=123\n')


def flatten(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


settings = {}
toml = tomllib.loads(Path("app.toml").read_text())
settings |= {key: (value, "toml") for key, value in flatten(toml)}
ini = configparser.ConfigParser()
ini.read("legacy.ini")
settings |= {f"{section}.{key}": (value, "ini") for section in ini.sections() for key, value in ini[section].items()}
for line in Path(".env").read_text().splitlines():
    line = line.removeprefix("export ").strip()
    if line and not line.startswith("#"):
        key, _, value = line.partition("=")
        settings[key.lower().replace("_", ".", 1)] = (value.strip('"'), "env")
for key in sorted(settings):
    value, source = settings[key]
    print(f"{key:<20} {value!r:<30} {source}")
print(tomli_w.dumps({"name": "x", "list": [1, 2], "table": {"ok": True}}))
print("round trip:", tomllib.loads(tomli_w.dumps(toml)) == toml, "| port as int:", ini.getint("server", "port"))
