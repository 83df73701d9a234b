// task: Poll until a file appears.
const fs = require('fs');
setInterval(() => {
  if (fs.existsSync('/app/ready.txt')) console.log('ready');
}, 50);
