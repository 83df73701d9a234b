# task: Load a YAML configuration with anchors, merge environment overrides, validate it and dump it as JSON.
import json
from datetime import date

import yaml

document = """
defaults: &defaults
  adapter: postgres
  pool: 5
  tags: [a, b]
development:
  <<: *defaults
  database: dev_db
production:
  <<: *defaults
  pool: 20
  database: prod_db
  since: 2024-02-29
  notes: |
    two
    lines
  motto: >-
    folded
    text
"""
config = yaml.safe_load(document)


def merge(base, override):
    result = dict(base)
    for key, value in override.items():
        result[key] = merge(result[key], value) if isinstance(value, dict) and isinstance(result.get(key), dict) else value
    return result


override = yaml.safe_load("production: {pool: 50, replicas: {eu: 2}}")
final = merge(config, override)["production"]
print(json.dumps(final, default=date.isoformat, sort_keys=True, indent=2))
problems = [f"{name}: no database" for name, section in config.items() if "database" not in section]
print("problems:", problems)
print(yaml.safe_dump({"b": [1, {"c": None}], "a": "yes", "text": "two\nlines"}, sort_keys=True))
for bad in ("a: [1, 2", "a: b: c", "!!python/name:os.system"):
    try:
        yaml.safe_load(bad)
    except yaml.YAMLError as error:
        print(type(error).__name__)
print([doc["n"] for doc in yaml.safe_load_all("n: 1\n---\nn: 2\n")])
