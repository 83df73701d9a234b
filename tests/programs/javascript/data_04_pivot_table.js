// task: Build a pivot table from survey answers and print it as an aligned text table and Markdown.
const answers = [
  ['Anna', 'Berlin', 'tea', 3], ['Ben', 'Paris', 'coffee', 5], ['Cleo', 'Berlin', 'coffee', 4],
  ['Dan', 'Rome', 'tea', 2], ['Eva', 'Paris', 'tea', 4], ['Finn', 'Berlin', 'tea', 5], ['Gina', 'Rome', 'water', 1],
].map(([name, city, drink, score]) => ({ name, city, drink, score }));

function pivot(records, rowKey, columnKey, valueKey, aggregate) {
  const cells = new Map();
  const columns = new Set();
  for (const record of records) {
    columns.add(record[columnKey]);
    if (!cells.has(record[rowKey])) cells.set(record[rowKey], new Map());
    const row = cells.get(record[rowKey]);
    row.set(record[columnKey], [...(row.get(record[columnKey]) ?? []), record[valueKey]]);
  }
  const names = [...columns].sort();
  const body = [...cells.keys()].sort().map((key) => [key, ...names.map((name) => {
    const values = cells.get(key).get(name);
    return values ? aggregate(values) : null;
  })]);
  return { header: [rowKey, ...names], body };
}

const average = (values) => values.reduce((a, b) => a + b) / values.length;
const table = pivot(answers, 'city', 'drink', 'score', average);
console.log(table);

const text = [table.header, ...table.body.map((row) => row.map((cell) => (cell === null ? '-' : typeof cell === 'number' ? cell.toFixed(1) : cell)))];
const widths = text[0].map((_, i) => Math.max(...text.map((row) => row[i].length)));
for (const row of text) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | '));

console.log();
const [head, ...rest] = text;
console.log(`| ${head.join(' | ')} |`);
console.log(`|${head.map((_, i) => (i ? '---:' : '---')).join('|')}|`);
rest.forEach((row) => console.log(`| ${row.join(' | ')} |`));

const counts = answers.reduce((acc, { drink }) => ({ ...acc, [drink]: (acc[drink] ?? 0) + 1 }), {});
console.log(counts, Object.entries(counts).sort((a, b) => b[1] - a[1])[0]);
