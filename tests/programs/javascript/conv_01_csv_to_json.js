// task: Convert a CSV file with nested column names (address.city) to JSON, and back.
const fs = require('fs');
const { parse, stringify } = require('csv-simple');

fs.writeFileSync('/app/people.csv', 'id,name,address.city,address.zip,score\n1,"Lee, Ann",Oslo,0150,7.5\n2,Bo,"New ""York""",10001,\n');
const flat = parse(fs.readFileSync('/app/people.csv', 'utf8'));
console.log(flat[0]);

function unflatten(object) {
  const result = {};
  for (const [path, value] of Object.entries(object)) {
    path.split('.').reduce((target, key, i, keys) => {
      if (i === keys.length - 1) target[key] = value;
      else target[key] ??= {};
      return target[key];
    }, result);
  }
  return result;
}
const flatten = (object, prefix = '') => Object.entries(object).reduce((all, [key, value]) => (
  value && typeof value === 'object' ? { ...all, ...flatten(value, `${prefix}${key}.`) } : { ...all, [prefix + key]: value }
), {});

const nested = flat.map(unflatten).map((person) => ({ ...person, id: Number(person.id), score: person.score === '' ? null : parseFloat(person.score) }));
writeJson('/app/people.json', nested);
console.log(readText('/app/people.json'));

const back = stringify(readJson('/app/people.json').map((person) => flatten(person)));
console.log(back);
console.log(parse('a;b\n1;2\n', { delimiter: ';' }), parse('1,2\n3,4', { header: false }));
console.log(listFiles('/app'), fileExists('nope.txt'), fileSize('people.csv'));
