// task: Write a mustache-like template engine with loops, conditions and filters, and render an invoice with it.
const fs = require('fs');

class TemplateError extends Error {
  constructor(message, line) {
    super(`${message} (line ${line})`);
    this.name = 'TemplateError';
    this.line = line;
  }
}

const filters = {
  upper: (value) => String(value).toUpperCase(),
  money: (value) => Number(value).toFixed(2),
  pad: (value, width) => String(value).padStart(Number(width)),
  default: (value, other) => value ?? other,
};

function compile(source) {
  const parts = source.split(/(\{\{[^}]+\}\})\n?/);
  let position = 0;
  let line = 1;
  function block(...ends) {
    const nodes = [];
    while (position < parts.length) {
      const part = parts[position++];
      line += part.split('\n').length - 1;
      const tag = /^\{\{\s*([#/^]?)\s*(.+?)\s*\}\}$/.exec(part);
      if (!tag) nodes.push(() => part);
      else if (tag[1] === '#' || tag[1] === '^') {
        const [kind, name] = [tag[1], tag[2]];
        const inner = block(`/${name}`);
        nodes.push((scopes) => {
          const value = lookup(scopes, name);
          const isEmpty = !value || (Array.isArray(value) && value.length === 0);
          if (kind === '^') return isEmpty ? inner(scopes) : '';
          if (isEmpty) return '';
          return [value].flat().map((item, index) => inner([...scopes, Object.assign(Object(item), { index: index + 1 })])).join('');
        });
      } else if (tag[1] === '/') {
        if (!ends.includes(`/${tag[2]}`)) throw new TemplateError(`unexpected {{/${tag[2]}}}`, line);
        return (scopes) => nodes.map((node) => node(scopes)).join('');
      } else {
        const [name, ...pipes] = tag[2].split('|').map((s) => s.trim());
        nodes.push((scopes) => pipes.reduce((value, pipe) => {
          const [filter, ...args] = pipe.split(':');
          return filters[filter](value, ...args);
        }, lookup(scopes, name)));
      }
    }
    if (ends.length) throw new TemplateError(`missing {{${ends[0]}}}`, line);
    return (scopes) => nodes.map((node) => node(scopes)).join('');
  }
  const render = block();
  return (data) => render([data]);
}
function lookup(scopes, path) {
  const [first, ...rest] = path.split('.');
  const scope = scopes.findLast((each) => first in each);
  return rest.reduce((value, key) => value?.[key], scope?.[first]);
}

fs.writeFileSync('invoice.tpl', 'Invoice {{ number }} for {{ customer.name | upper }}\n{{#items}}\n{{index}}. {{name}} {{price | money | pad:8}}\n{{/items}}\n{{^items}}\nnothing\n{{/items}}\n{{#paid}}\nPAID{{/paid}} Note: {{ note | default:none }}\n');
const render = compile(fs.readFileSync('invoice.tpl', 'utf8'));
console.log(render({ number: 17, customer: { name: 'Ann' }, items: [{ name: 'Pen', price: 1.5 }, { name: 'Ink', price: 12 }], paid: true }));
console.log(render({ number: 18, customer: { name: 'Bob' }, items: [], note: 'hi' }));
for (const bad of ['a\n{{#x}}b', 'x{{/y}}']) {
  try {
    compile(bad);
  } catch (error) {
    console.log(error instanceof TemplateError, error.name, error.message, error.line);
  }
}
