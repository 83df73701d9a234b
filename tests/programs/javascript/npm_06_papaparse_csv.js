// task: Read and write CSV with Papa Parse.
const fs = require('fs');
const Papa = require('papaparse');

fs.writeFileSync('people.csv', 'name,age,"home, city"\nAnn,34,"Oslo, Norway"\nBob,,Rome\n"Cat ""C""",29,Paris\n');
const { data, errors, meta } = Papa.parse(fs.readFileSync('people.csv', 'utf8'), { header: true, dynamicTyping: true, skipEmptyLines: true });
console.log(data, errors.length, meta.fields);
const known = data.filter((row) => row.age !== null);
console.log('mean age', known.reduce((sum, row) => sum + row.age, 0) / known.length);
const out = Papa.unparse(data.map((row) => ({ name: row.name, adult: row.age >= 30 })), { delimiter: ';' });
fs.writeFileSync('out.csv', out);
console.log(fs.readFileSync('out.csv', 'utf8'));
