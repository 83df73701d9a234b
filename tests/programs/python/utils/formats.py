# task: CSV, JSON, XML and YAML into one another, with quotes, gaps, nesting and hostile input
import json
from pathlib import Path

from sandbox_utils import csv_to_json, json_to_csv, json_to_yaml, xml_to_dict, yaml_to_json

Path("quotes.csv").write_text('name,note\nAnn,"says ""hi"", twice"\nBob,"two\nlines"\n\n\u00c5sa,\n', encoding="utf-8")
Path("ragged.csv").write_text("\ufeffa,a,,d\n1\n1,2,3,4,5\n", encoding="utf-8")
Path("semi.csv").write_bytes(b"x;y\r\n1,5;2\r\n")
Path("tab.tsv").write_text("x\ty\n1\t2\n")
Path("header.csv").write_text("a,b\n")
Path("empty.csv").write_text("")
Path("blank.csv").write_text("\n\n100%;b\n\n%s;\"x\ny\"\n\n")
for name in ("quotes.csv", "ragged.csv", "semi.csv", "tab.tsv", "header.csv", "empty.csv", "blank.csv"):
    print(name, json.loads(csv_to_json(name)))
print(csv_to_json("semi.csv", "out.json") == Path("out.json").read_text())
print(Path("out.json").read_text())


def as_csv(value):
    Path("in.json").write_text(json.dumps(value))
    print(json_to_csv("in.json", "out.csv"), end="---\n")
    assert Path("out.csv").read_text() == json_to_csv("in.json")


as_csv([{"id": 1, "who": {"name": "Ann", "at": {"city": "Oslo"}}, "tags": ["a", "b"]}, {"id": 2, "ok": True, "who": None, "x": 1.5}])
as_csv([{"text": 'a "b", c', "more": "two\nlines"}, {"text": None}])
as_csv({"users": [{"n": 1}, {"n": 2}]})
as_csv({"n": 1, "m": "one row"})
as_csv([[1, "a"], [2, None]])
as_csv([1, "two", None])
as_csv([])
as_csv([{}, {"e": {}}])

print(xml_to_dict('<?xml version="1.0"?><!-- c --><r a="1"><i>1</i><i/><i k="v">t &amp; u</i><n:e xmlns:n="urn:x"><![CDATA[<raw>]]></n:e></r>'))
print(xml_to_dict("<a>one<b>two</b>three</a>"), xml_to_dict("<a/>"), xml_to_dict("<a>  </a>"), xml_to_dict("<a x=''/>"))
print(xml_to_dict(b'<?xml version="1.0" encoding="latin-1"?><a>caf\xe9</a>'))
print(xml_to_dict("<!DOCTYPE a><a>fine</a>"))
bomb = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
for text in (bomb, '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>', "<a><b></a>", "", "<a>&nope;</a>", "<a>" * 600 + "</a>" * 600):
    try:
        print(xml_to_dict(text))
    except ValueError as error:
        print("ValueError:", error)
print(str(xml_to_dict("<a>" * 400 + "x" + "</a>" * 400)).count("{"))

print(yaml_to_json("name: J\u00f6rg\nborn: 2001-02-03\nat: 2001-02-03T04:05:06Z\nlist:\n  - 1\n  - yes\n  - ~\nbase: &b {x: 1}\nuse: *b\nset: !!set {q, p}\n"))
Path("c.yaml").write_text("a: [1, 2]\n")
Path("c.json").write_text('{"z": {"y": ["\u00fc", null, true, 1.5]}, "a": "yes", "d": "2001-02-03", "m": "two\\nlines"}')
print(yaml_to_json("c.yaml") == yaml_to_json(Path("c.yaml")) == yaml_to_json("a: [1, 2]"), yaml_to_json("just text"))
print(json_to_yaml("c.json", "d.yml"), end="")
print(json.loads(yaml_to_json("d.yml")) == json.loads(Path("c.json").read_text()))
for call in (
    lambda: csv_to_json("missing.csv"),
    lambda: json_to_csv("c.yaml"),
    lambda: yaml_to_json("missing.yaml"),
    lambda: yaml_to_json("!!python/object/apply:os.system ['ls']"),
    lambda: yaml_to_json("a: [1"),
    lambda: json_to_yaml("{bad"),
    lambda: csv_to_json("semi.csv", "no/such/folder.json"),
):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])
