// task: Total a CSV file as a stream with csv-parse.
import { parse as parseSync } from 'csv-parse/sync';
import { parse } from 'csv-parse';
import fs from 'node:fs';

const text = 'date,product,units\n2024-01-02,pen,3\n2024-01-03,ink,1\n2024-02-01,pen,7\n';
const rows = parseSync(text, { columns: true, cast: (value, { column }) => (column === 'units' ? Number(value) : value) });
console.log(rows);

fs.writeFileSync('sales.csv', text);
const totals = {};
const parser = fs.createReadStream('sales.csv').pipe(parse({ columns: true }));
for await (const { date, units } of parser) {
  const month = date.slice(0, 7);
  totals[month] = (totals[month] ?? 0) + Number(units);
}
console.log(totals);
