// task: Analyse a web server log: requests per status, slowest endpoints, error rate per hour.
const fs = require('fs');
const lines = [
  '192.168.1.10 - - [10/Oct/2023:13:55:36 +0000] "GET /index.html HTTP/1.1" 200 2326 12',
  '192.168.1.11 - - [10/Oct/2023:13:56:01 +0000] "POST /api/login HTTP/1.1" 401 128 45',
  '10.0.0.5 - bob [10/Oct/2023:14:01:12 +0000] "GET /api/items?page=2&q=a%20b HTTP/1.1" 200 9120 230',
  'garbage line',
  '192.168.1.10 - - [10/Oct/2023:14:02:00 +0000] "GET /missing HTTP/1.1" 404 0 3',
  '10.0.0.5 - bob [10/Oct/2023:14:59:59 +0000] "DELETE /api/items/7 HTTP/1.1" 500 64 1204',
  '10.0.0.9 - - [10/Oct/2023:15:00:00 +0000] "GET /index.html HTTP/1.1" 304 0 2',
];
fs.writeFileSync('access.log', lines.join('\n') + '\n');

const pattern = /^(?<ip>\S+) \S+ (?<user>\S+) \[(?<time>[^\]]+)\] "(?<method>[A-Z]+) (?<url>\S+) [^"]*" (?<status>\d{3}) (?<size>\d+) (?<ms>\d+)$/;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function parse(line, number) {
  const match = pattern.exec(line);
  if (!match) {
    console.log(`skipped line ${number}: ${JSON.stringify(line)}`);
    return [];
  }
  const { ip, user, time, method, url, status, size, ms } = match.groups;
  const [, day, month, year, h, m, s] = time.match(/(\d+)\/(\w+)\/(\d+):(\d+):(\d+):(\d+)/);
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  return [{ ip, user: user === '-' ? null : user, at: new Date(Date.UTC(year, MONTHS.indexOf(month), day, h, m, s)), method, path: pathname, query: Object.fromEntries(searchParams), status: +status, size: +size, ms: +ms }];
}

const entries = fs.readFileSync('access.log', 'utf8').split('\n').filter(Boolean).flatMap((line, i) => parse(line, i + 1));
console.log(entries[2]);

const statuses = entries.reduce((map, { status }) => map.set(status, (map.get(status) || 0) + 1), new Map());
console.log('Statuses:', new Map([...statuses].sort(([a], [b]) => a - b)));

const hours = {};
for (const { at, status } of entries) {
  const key = at.toISOString().substring(0, 13) + 'h';
  hours[key] ||= { requests: 0, errors: 0 };
  hours[key].requests++;
  if (status >= 400) hours[key].errors++;
}
console.table(hours);
for (const [hour, { requests, errors }] of Object.entries(hours)) console.log(hour, `${(errors / requests * 100).toFixed(0)}%`.padStart(5));

console.log('Slowest:');
[...entries].sort((a, b) => b.ms - a.ms).slice(0, 3).forEach(({ method, path, ms }) => console.log(` ${method.padEnd(6)} ${path.padEnd(14)} ${ms} ms`));
console.log('Clients:', [...new Set(entries.map((e) => e.ip))].sort(), 'traffic:', entries.reduce((n, e) => n + e.size, 0));
console.log('p50/p95:', [50, 95].map((p) => [...entries].map((e) => e.ms).sort((a, b) => a - b)[Math.ceil((p / 100) * entries.length) - 1]));
