// task: Write a report into a folder that was not made.
const fs = require('fs');
fs.writeFileSync('/app/output/reports/summary.txt', 'done');
