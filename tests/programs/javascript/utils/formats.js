// task: Convert CSV to JSON, JSON to CSV and read XML.
const { csvToJson, jsonToCsv, xmlToObject, cat } = require('sandbox-utils');
const fs = require('fs');

fs.writeFileSync('sales.csv', '\ufeffday,shop,sum\n1,north,10\n2,"south, west",20\n3,"say ""hi"""\n4,a,5,extra\n\n');
const rows = JSON.parse(csvToJson('sales.csv', 'sales.json'));
console.log(rows, cat('sales.json') === csvToJson('sales.csv'));
fs.writeFileSync('semi.csv', 'name;name;;note\r\nAnn;x;1;"two\r\nlines"\r\n');
console.log(csvToJson('semi.csv'));
fs.writeFileSync('tabs.tsv', 'a\tb\n1\t2\n');
fs.writeFileSync('nothing.csv', '');
console.log(JSON.parse(csvToJson('tabs.tsv')), csvToJson('nothing.csv'));

fs.writeFileSync('people.json', JSON.stringify({ people: [{ name: 'Ann', home: { city: 'Oslo', zip: null }, tags: ['a', 'b'] }, { name: 'Bob "B"', ok: true, n: 1.5, home: null }] }));
console.log(jsonToCsv('people.json', 'people.csv'));
console.log(JSON.parse(csvToJson('people.csv'))[1]);
const write = (value) => fs.writeFileSync('v.json', JSON.stringify(value));
for (const value of [[[1, 'a,b'], [null, 'c']], { x: 1, y: { z: 2 } }, [1, 'two'], [], {}, [{ only: '' }, { only: 'x' }], [{ a: { b: 1 } }, { a: 5 }]]) {
  write(value);
  console.log(JSON.stringify(jsonToCsv('v.json')));
}

console.log(xmlToObject('<r><item id="1">x</item><item>y</item></r>'));
console.log(JSON.stringify(xmlToObject(`<?xml version="1.0"?>
<!DOCTYPE catalog>
<!-- books -->
<catalog xmlns:x='urn:x'>
  <book id="b&quot;1" x:lang="en"><title>A &lt; B &amp; C &#65;&#x42;</title><price currency="EUR">12.50</price><empty/></book>
  <book><title><![CDATA[<raw> & text]]></title>mixed <b>bold</b> end</book>
</catalog>`), null, 1));
console.log(xmlToObject('<a/>'), xmlToObject('<__proto__><constructor/></__proto__>'), {}.constructor === Object);
console.log(xmlToObject('<r><i><j/></i><i/><i>3</i></r>'));
for (const text of ['<a><b></a>', '<a>', 'text', '<a/><b/>', '<a>&nope;</a>', '<a>&#0;</a>', '<a>&#xD800;</a>', '<a>AT&T</a>', '<a>1 < 2</a>', '<a x="1" x="2"/>', '<a x=1/>', '', '<a>\n\n<b>\n</c></a>', '<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>', '<a>'.repeat(501) + '</a>'.repeat(501)]) {
  try {
    console.log(xmlToObject(text));
  } catch (error) {
    console.log(`${error.name}: ${error.message}`);
  }
}
fs.writeFileSync('bad.json', '{"a": 1');
try {
  jsonToCsv('bad.json');
} catch (error) {
  console.log(error.name, error.message.startsWith('/app/bad.json is not JSON: '));
}
