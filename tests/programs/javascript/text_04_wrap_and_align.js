// task: Wrap, justify, centre and indent text, draw a box and columns.
const lorem = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua.';

function wrap(text, width) {
  const lines = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  if (line) lines.push(line);
  return lines;
}

function justify(line, width) {
  const words = line.split(' ');
  if (words.length === 1) return line;
  const spaces = width - words.join('').length;
  const gap = Math.floor(spaces / (words.length - 1));
  const extra = spaces % (words.length - 1);
  return words.map((word, i) => (i < words.length - 1 ? word + ' '.repeat(gap + (i < extra ? 1 : 0)) : word)).join('');
}
const centre = (text, width, fill = ' ') => text.padStart((width + text.length) >> 1, fill).padEnd(width, fill);

const width = 34;
const lines = wrap(lorem, width);
console.log(lines.join('\n'));
console.log('-'.repeat(width));
console.log(lines.map((line, i) => (i < lines.length - 1 ? justify(line, width) : line)).join('\n'));
console.log(['Title', 'A longer subtitle'].map((text) => centre(text, width, '*')).join('\n'));

function box(content, padding = 1) {
  const rows = content.split('\n');
  const inner = Math.max(...rows.map((row) => row.length)) + padding * 2;
  const pad = ' '.repeat(padding);
  return [`╔${'═'.repeat(inner)}╗`, ...rows.map((row) => `║${(pad + row).padEnd(inner)}║`), `╚${'═'.repeat(inner)}╝`].join('\n');
}
console.log(box('Total: 3 items\nPaid'));

const columns = (items, n) => {
  const perColumn = Math.ceil(items.length / n);
  return Array.from({ length: perColumn }, (_, row) => Array.from({ length: n }, (_, column) => (items[column * perColumn + row] ?? '').padEnd(10)).join('').trimEnd()).join('\n');
};
console.log(columns('alpha beta gamma delta epsilon zeta eta'.split(' '), 3));
const dedent = ([template], indent = template.match(/^\s+(?=\S)/m)[0].replace(/\n/g, '').length) => template.replace(new RegExp(`^ {${indent}}`, 'gm'), '').trim();
console.log(dedent`
    def f():
        return 1
`);
console.log('%s has %d items costing %f (%i) %j %o', 'Cart', 3, 9.5, 9.9, { a: 1 }, [1]);
console.log('Tabs\tand "quotes" and \\ backslash', ['a\tb', "it's", `"both' "`, 'new\nline', '\u0007']);
