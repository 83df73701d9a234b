// task: Save the result on the desktop.
const fs = require('fs');
const os = require('os');
const path = require('path');
fs.writeFileSync(path.join('/Users/me/Desktop', 'result.txt'), `made on ${os.type()}`);
