// task: List the files with the shell.
const { execSync } = require('child_process');
console.log(execSync('ls -la /app').toString());
