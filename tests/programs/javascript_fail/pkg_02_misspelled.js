// task: Read a CSV file with the helper module.
const { parse } = require('csv-simpel');
console.log(parse('a,b\n1,2'));
