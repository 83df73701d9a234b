// task: Clean a messy CSV: trim, fill missing values, convert types, drop duplicates, and report what was changed.
const fs = require('fs');
fs.writeFileSync('raw.csv', 'id,name,age,joined,active\n 1, Ann ,34,2021-03-04,yes\n2,bob,,2020-13-01,NO\n3,"Cid, Jr.",41,,true\n2,bob,,2020-13-01,NO\n4,,abc,2022-07-09,\n');

function parseLine(line) {
  const fields = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (quoted) {
      if (c === '"' && line[i + 1] === '"') { field += '"'; i++; } else if (c === '"') quoted = false;
      else field += c;
    } else if (c === '"') quoted = true;
    else if (c === ',') { fields.push(field); field = ''; } else field += c;
  }
  fields.push(field);
  return fields;
}

const [header, ...lines] = fs.readFileSync('raw.csv', 'utf8').trim().split(/\r?\n/);
const keys = parseLine(header);
const changes = { trimmed: 0, duplicates: 0, invalidDates: 0, missingAges: 0 };
const seen = new Set();
const records = [];
for (const line of lines) {
  const values = parseLine(line).map((value) => {
    if (value !== value.trim()) changes.trimmed += 1;
    return value.trim();
  });
  const record = Object.fromEntries(keys.map((key, i) => [key, values[i]]));
  if (seen.has(record.id)) {
    changes.duplicates++;
    continue;
  }
  seen.add(record.id);
  const age = Number.parseInt(record.age, 10);
  if (Number.isNaN(age)) changes.missingAges++;
  const joined = new Date(record.joined);
  const isValid = !isNaN(joined);
  if (!isValid) changes.invalidDates++;
  records.push({
    id: +record.id,
    name: record.name || null,
    age: Number.isNaN(age) ? undefined : age,
    joined: isValid ? joined : null,
    active: /^(yes|true|1)$/i.test(record.active),
  });
}
const ages = records.map((r) => r.age).filter((age) => age !== undefined);
const meanAge = ages.reduce((a, b) => a + b, 0) / ages.length;
for (const record of records) record.age ??= meanAge;
console.log(records);
console.log(changes);
console.log(JSON.stringify(records[0]), JSON.stringify({ a: undefined, b: null, c: NaN, d: [undefined], e: new Date(NaN) }));
