// task: Parse an XML file without a library, convert it to JSON, and write the JSON back as XML.
const fs = require('fs');
fs.writeFileSync('catalog.xml', `<?xml version="1.0" encoding="UTF-8"?>
<catalog owner="Ann &amp; Bob">
  <!-- two books -->
  <book id="1"><title>Dune</title><price currency="EUR">9.99</price></book>
  <book id="2"><title>1984 &lt;classic&gt;</title><available/></book>
</catalog>`);

const decode = (text) => text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }[name]));
const encode = (text) => String(text).replace(/[<>&"]/g, (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }[c]));

function parseXml(xml) {
  const tokens = xml.replace(/<\?.*?\?>|<!--[\s\S]*?-->/g, '').matchAll(/<(\/?)([\w:-]+)([^>]*?)(\/?)>|([^<]+)/g);
  const root = { children: [] };
  const stack = [root];
  for (const [, closing, name, attributes, selfClosing, text] of tokens) {
    const parent = stack[stack.length - 1];
    if (text !== undefined) {
      if (text.trim()) parent.text = decode(text.trim());
    } else if (closing) {
      if (parent.name !== name) throw new Error(`Expected </${parent.name}> but found </${name}>`);
      stack.pop();
    } else {
      const node = { name, attributes: {}, children: [] };
      for (const [, key, value] of attributes.matchAll(/([\w:-]+)="([^"]*)"/g)) node.attributes[key] = decode(value);
      parent.children.push(node);
      if (!selfClosing) stack.push(node);
    }
  }
  return root.children[0];
}

function toXml({ name, attributes, children, text }, depth = 0) {
  const indent = '  '.repeat(depth);
  const open = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${encode(value)}"`)].join(' ');
  if (!children.length && text === undefined) return `${indent}<${open}/>`;
  if (!children.length) return `${indent}<${open}>${encode(text)}</${name}>`;
  return `${indent}<${open}>\n${children.map((child) => toXml(child, depth + 1)).join('\n')}\n${indent}</${name}>`;
}

const tree = parseXml(fs.readFileSync('catalog.xml', 'utf8'));
console.log(JSON.stringify(tree, null, 2));
console.log(tree);
const rewritten = toXml(tree);
console.log(rewritten);
console.log(JSON.stringify(parseXml(rewritten)) === JSON.stringify(tree));
try {
  parseXml('<a><b></a>');
} catch ({ name, message }) {
  console.log(`${name}: ${message}`);
}
