// task: Read CSV with a package whose name is misspelled.
const Papa = require('papaprase');
console.log(Papa.parse('a,b').data);
