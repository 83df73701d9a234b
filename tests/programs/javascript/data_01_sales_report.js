// task: Read sales.csv, compute revenue per region and product, and print a report with the best month.
const fs = require('fs');
const path = require('path');

const csv = `date,region,product,units,price
2024-01-05,North,Widget,10,2.50
2024-01-17,South,Gadget,3,14.99
2024-02-02,North,Gadget,7,14.99
2024-02-11,East,Widget,20,2.50
2024-02-25,South,Widget,15,2.40
2024-03-03,North,Doohickey,1,99.00
2024-03-19,East,Gadget,2,13.50
`;
fs.writeFileSync(path.join('/app', 'sales.csv'), csv);

function parseCsv(text) {
  const [header, ...lines] = text.trim().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return columns.reduce((row, column, i) => ({ ...row, [column]: values[i] }), {});
  });
}

const rows = parseCsv(fs.readFileSync('/app/sales.csv', 'utf-8')).map((row) => ({
  ...row,
  units: Number(row.units),
  price: parseFloat(row.price),
  revenue: Number(row.units) * parseFloat(row.price),
}));

const sumBy = (key) => rows.reduce((totals, row) => {
  totals[row[key]] = (totals[row[key]] || 0) + row.revenue;
  return totals;
}, {});

console.log('=== Sales report ===');
console.log(`Rows: ${rows.length}, columns: ${Object.keys(rows[0]).join(', ')}`);
const total = rows.reduce((sum, row) => sum + row.revenue, 0);
console.log(`Total revenue: $${total.toFixed(2)}`);
for (const key of ['region', 'product']) {
  console.log(`\nBy ${key}:`);
  Object.entries(sumBy(key))
    .sort(([, a], [, b]) => b - a)
    .forEach(([name, value]) => {
      console.log(`  ${name.padEnd(12)} ${value.toFixed(2).padStart(9)}  ${((value / total) * 100).toFixed(1).padStart(5)}%`);
    });
}
const byMonth = new Map();
rows.forEach((row) => {
  const month = row.date.slice(0, 7);
  byMonth.set(month, (byMonth.get(month) ?? 0) + row.revenue);
});
const [bestMonth, best] = [...byMonth].reduce((a, b) => (b[1] > a[1] ? b : a));
console.log(`\nBest month: ${bestMonth} (${best.toFixed(2)})`);
console.log(byMonth);
