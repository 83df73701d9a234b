// task: Read a spreadsheet from the user's documents.
const fs = require('fs');
const rows = fs.readFileSync('C:\\Users\\me\\Documents\\budget.csv', 'utf8').split('\n');
console.log(rows.length);
