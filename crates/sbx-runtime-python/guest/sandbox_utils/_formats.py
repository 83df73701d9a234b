"""From one data format to another.

The parsers are imported when they are needed: some take longer to import than most files to convert.
"""

from typing import Any

from sandbox_utils._paths import AnyPath, file_at, give

MAX_XML_DEPTH = 500
"""How deep elements may be nested: a deeper result could not be printed, compared or written as JSON."""


def csv_to_json(csv_file: AnyPath, output: AnyPath | None = None) -> str:
    """A CSV file's rows as a JSON list of objects, all values text; also written to `output` if given.

    The first row names the columns. Comma, semicolon, tab and bar are understood as separators. A short row's missing
    values are null; values beyond the header are under `column_N`.

    >>> print(csv_to_json("data/sales.csv", "sales.json")[:58])
    [
      {
        "day": "1",
        "shop": "north",
        "sum": "10"
    """
    import csv
    import json

    with open(file_at(csv_file), encoding="utf-8-sig", errors="replace", newline="") as stream:
        first = next((line for line in stream if line.strip()), "")
        stream.seek(0)
        separator = next((char for char in ",;\t|" if char in first), ",")
        reader = csv.reader(stream, delimiter=separator)
        names = _column_names(next(filter(None, reader), []))
        width = len(names)
        quote = json.encoder.encode_basestring
        # As `json.dumps(…, indent=2)` writes it, which takes five times as long.
        keys = [f"    {quote(name)}: " for name in names]
        template = ",\n".join(key.replace("%", "%%") + "%s" for key in keys)
        rows = []
        for row in reader:
            if len(row) == width:
                rows.append(template % tuple(map(quote, row)))
            elif row:
                keys += [f'    "column_{n}": ' for n in range(len(keys) + 1, len(row) + 1)]
                values = [*map(quote, row), *["null"] * (width - len(row))]
                rows.append(",\n".join(map(str.__add__, keys, values)))
    return give("[\n  {\n" + "\n  },\n  {\n".join(rows) + "\n  }\n]" if rows else "[]", output)


def json_to_csv(json_file: AnyPath, output: AnyPath | None = None) -> str:
    r"""A JSON file as CSV, one row for each object of its list; also written to `output` if given.

    Columns are all keys in the order they appear; a missing or null value is empty. An object inside an object makes
    columns such as `address.city`, a list stays JSON. A single object is one row, unless a list is all it holds.

    >>> json_to_csv("data/people.json")
    'name,home.city\nAnn,Oslo\nBob,\n'
    """
    import csv
    import io
    import json

    with open(file_at(json_file), encoding="utf-8-sig") as stream:
        data = json.load(stream)
    if isinstance(data, dict):
        inner = next(iter(data.values())) if len(data) == 1 else None
        data = inner if isinstance(inner, list) else [data]
    elif not isinstance(data, list):
        data = [data]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if data and all(isinstance(row, list) for row in data):
        writer.writerows([_cell(value) for value in row] for row in data)
    else:
        records = [_flat(row) if isinstance(row, dict) else {"value": _cell(row)} for row in data]
        names = _columns(records)
        if names:
            writer.writerow(names)
            writer.writerows([record.get(name, "") for name in names] for record in records)
    return give(text.getvalue(), output)


def xml_to_dict(xml_str: str | bytes) -> dict[str, Any]:
    """XML text as nested dicts, the root element kept: attributes as `@name`, text beside them as `#text`.

    Elements of the same name make a list, an empty one is None, names keep their prefix. Entity declarations are
    refused with ValueError, because a few of them can stand for gigabytes.

    >>> xml_to_dict('<r><item id="1">x</item><item>y</item></r>')
    {'r': {'item': [{'@id': '1', '#text': 'x'}, 'y']}}
    """
    from xml.parsers import expat

    root: dict[str, Any] = {}
    stack: list[tuple[dict[str, Any], list[str]]] = [(root, [])]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > MAX_XML_DEPTH:
            raise ValueError(f"the XML is nested deeper than {MAX_XML_DEPTH} elements")
        stack.append(({f"@{key}": value for key, value in attributes.items()}, []))

    def end(name: str) -> None:
        value, texts = stack.pop()
        text = "".join(texts).strip()
        if text and value:
            value["#text"] = text
        parent = stack[-1][0]
        own: Any = value or text or None
        if name not in parent:
            parent[name] = own
        elif isinstance(parent[name], list):
            parent[name].append(own)
        else:
            parent[name] = [parent[name], own]

    def entity(name: str, *_: Any) -> None:
        raise ValueError(f"entity declarations are refused: {name}")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: stack[-1][1].append(text)
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(xml_str, True)
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed XML: {error}") from None
    return root


def yaml_to_json(source: AnyPath, output: AnyPath | None = None) -> str:
    """YAML, given as text or as a file, as JSON text; also written to `output` if given. Dates become ISO text.

    >>> print(yaml_to_json("a: [1, 2]"))
    {
      "a": [
        1,
        2
      ]
    }
    """
    import json

    import yaml

    data = yaml.safe_load(_text_of(source, (".yaml", ".yml")))
    return give(json.dumps(data, ensure_ascii=False, indent=2, default=_iso), output)


def json_to_yaml(source: AnyPath, output: AnyPath | None = None) -> str:
    r"""JSON, given as text or as a file, as YAML text in the same order; also written to `output` if given.

    >>> json_to_yaml('{"b": [1, 2], "a": "x"}')
    'b:\n- 1\n- 2\na: x\n'
    """
    import json

    import yaml

    data = json.loads(_text_of(source, (".json",)))
    return give(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), output)


def _column_names(row: list[str]) -> list[str]:
    """Header names made distinct, and a name for those that have none."""
    names: list[str] = []
    for position, name in enumerate(row, 1):
        name = base = name.strip() or f"column_{position}"
        n = 1
        while name in names:
            n += 1
            name = f"{base}_{n}"
        names.append(name)
    return names


def _columns(records: list[dict[str, Any]]) -> list[str]:
    """All keys in the order they appear; one whose objects are spread over inner columns only if it also has values."""
    names = dict.fromkeys(name for record in records for name in record)
    outer = {name[:end] for name in names for end in range(len(name)) if name[end] == "."}
    return [name for name in names if name not in outer or any(record.get(name, "") != "" for record in records)]


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The record with the entries of inner objects under dotted names."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, str):
            flat[prefix + key] = value
        elif isinstance(value, dict) and value:
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = _cell(value)
    return flat


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value or ""
    if type(value) is int or type(value) is float:
        return value

    import json

    return json.dumps(value, ensure_ascii=False)


def _text_of(source: AnyPath, suffixes: tuple[str, ...]) -> str:
    """The text itself, or what is in the file that it names."""
    if isinstance(source, str):
        names_file = "\n" not in source and source.endswith(suffixes)
        if not names_file:
            return source
    with open(file_at(source), encoding="utf-8-sig") as stream:
        return stream.read()


def _iso(value: Any) -> Any:
    """What JSON has no form for: dates and times as ISO text, sets as lists, bytes as base64."""
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return value.isoformat() if hasattr(value, "isoformat") else sorted(value, key=str)
