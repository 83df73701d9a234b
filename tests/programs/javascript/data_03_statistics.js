// task: Compute descriptive statistics, a histogram and outliers for a list of measurements.
const data = [12, 15, 11, 14, 90, 13, 12, 16, 15, 14, 13, 12, 17, 3, 14, 15];

const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values) => sum(values) / values.length;
const sorted = [...data].sort((a, b) => a - b);

function quantile(values, q) {
  const position = (values.length - 1) * q;
  const base = Math.floor(position);
  const rest = position - base;
  return values[base + 1] !== undefined ? values[base] + rest * (values[base + 1] - values[base]) : values[base];
}

function mode(values) {
  const counts = values.reduce((map, value) => map.set(value, (map.get(value) || 0) + 1), new Map());
  const highest = Math.max(...counts.values());
  return [...counts.entries()].filter(([, count]) => count === highest).map(([value]) => value).sort((a, b) => a - b);
}

function standardDeviation(values, isSample = true) {
  const average = mean(values);
  const squares = sum(values.map((value) => (value - average) ** 2));
  return Math.sqrt(squares / (values.length - (isSample ? 1 : 0)));
}

const q1 = quantile(sorted, 0.25);
const q3 = quantile(sorted, 0.75);
const iqr = q3 - q1;
const stats = {
  count: data.length,
  mean: +mean(data).toFixed(4),
  median: quantile(sorted, 0.5),
  mode: mode(data),
  min: Math.min(...data),
  max: Math.max(...data),
  stdDev: Number(standardDeviation(data).toFixed(4)),
  population: Number(standardDeviation(data, false).toFixed(4)),
  q1, q3, iqr,
};
console.log(stats);
console.log('Outliers:', data.filter((value) => value < q1 - 1.5 * iqr || value > q3 + 1.5 * iqr));

console.log('Histogram:');
const width = 10;
const bins = {};
for (const value of data) {
  const start = Math.floor(value / width) * width;
  bins[start] = (bins[start] || 0) + 1;
}
for (const [start, count] of Object.entries(bins)) {
  console.log(`${start.padStart(3)}-${String(+start + width - 1).padEnd(3)} ${'#'.repeat(count)} ${count}`);
}

const xs = [1, 2, 3, 4, 5];
const ys = [2.2, 4.1, 6.2, 7.9, 10.1];
const slope = sum(xs.map((x, i) => (x - mean(xs)) * (ys[i] - mean(ys)))) / sum(xs.map((x) => (x - mean(xs)) ** 2));
const intercept = mean(ys) - slope * mean(xs);
console.log(`y = ${slope.toFixed(3)}x + ${intercept.toFixed(3)}`);
console.log(0.1 + 0.2, (0.1 + 0.2).toFixed(2), 1 / 3, 1e21, 1e-7, -0, [-0], 100 / 3);
