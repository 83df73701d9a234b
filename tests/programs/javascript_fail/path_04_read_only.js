// task: Patch a vendored package.
const fs = require('fs');
fs.writeFileSync('/app/site-packages/patch.js', 'module.exports = 1;');
