"""Shell-like helpers for files, text, data and formats, all inside the workspace `/app`.

    from sandbox_utils import find, grep, csv_to_json
    help("sandbox_utils.grep")

files    find tree walk copy_tree remove_tree
text     grep sed head tail wc diff
data     group_by filter_by map_items sort_by unique chunk
formats  csv_to_json json_to_csv xml_to_dict yaml_to_json json_to_yaml
shell    ls cat touch mkdir rm cp mv echo

A relative path is under `/app`. A path outside of `/app`, one that leaves it through `..`, and one that leads out
through a symbolic link raise `ValueError: Path must be within /app: <path>`. Text files are UTF-8; bytes that are not
show as U+FFFD. Results are sorted, so the same files give the same answer.
"""

from sandbox_utils._data import chunk, filter_by, group_by, map_items, sort_by, unique
from sandbox_utils._files import copy_tree, find, remove_tree, tree, walk
from sandbox_utils._formats import csv_to_json, json_to_csv, json_to_yaml, xml_to_dict, yaml_to_json
from sandbox_utils._shell import cat, cp, echo, ls, mkdir, mv, rm, touch
from sandbox_utils._text import diff, grep, head, sed, tail, wc

__all__ = (
    "find tree walk copy_tree remove_tree grep sed head tail wc diff group_by filter_by map_items sort_by unique chunk"
    " csv_to_json json_to_csv xml_to_dict yaml_to_json json_to_yaml ls cat touch mkdir rm cp mv echo"
).split()
