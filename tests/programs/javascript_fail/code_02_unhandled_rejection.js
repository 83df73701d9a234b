// task: Load the settings asynchronously (nobody catches the error).
const fs = require('fs').promises;
async function load() {
  const settings = JSON.parse(await fs.readFile('/app/settings.json', 'utf8'));
  console.log(settings);
}
load();
console.log('loading ...');
