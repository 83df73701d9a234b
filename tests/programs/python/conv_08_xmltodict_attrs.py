# task: Use xmltodict and the json module to turn XML settings into JSON and build XML from a dict.
import json

import xmltodict

xml = """<config version="2">
  <window width="800" height="600">Main</window>
  <recent><file>a.txt</file><file>b.txt</file></recent>
  <empty/>
</config>"""
data = xmltodict.parse(xml)
print(json.dumps(data, indent=2))
data["config"]["window"]["@width"] = "1024"
data["config"]["recent"]["file"].append("c & d.txt")
text = xmltodict.unparse(data, pretty=True, indent="  ")
print(text)
print("stable:", xmltodict.parse(text) == data)
one = xmltodict.parse("<r><i>1</i></r>", force_list=("i",))
print(one, xmltodict.parse("<n:a xmlns:n='urn:x'><n:b>1</n:b></n:a>", process_namespaces=True))
