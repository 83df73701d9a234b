// task: Write a large log file.
const fs = require('fs');
for (let i = 0; i < 1000; i++) fs.appendFileSync('/app/big.log', 'x'.repeat(10000) + '\n');
console.log(fs.statSync('/app/big.log').size);
