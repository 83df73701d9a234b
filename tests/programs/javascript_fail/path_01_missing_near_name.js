// task: Summarise the uploaded sales file.
const fs = require('fs');
fs.writeFileSync('/app/sales_2024.csv', 'month,total\nJan,10\n');

const text = fs.readFileSync('/app/sales-2024.csv', 'utf8');
console.log(text.split('\n').length);
