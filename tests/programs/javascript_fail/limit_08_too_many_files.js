// task: Write one file for each record.
const fs = require('fs');
fs.mkdirSync('/app/out');
for (let i = 0; i < 500; i++) fs.writeFileSync(`/app/out/${i}.json`, JSON.stringify({ i }));
