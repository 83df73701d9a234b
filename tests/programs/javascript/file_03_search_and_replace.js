// task: Rename a function in all source files of a project, count TASK comments and lines of code, and write a report.
const fs = require('node:fs');
const path = require('node:path');

const project = {
  'src/index.js': "const { getUser } = require('./user');\n// TASK: handle errors\nconsole.log(getUser(1));\n",
  'src/user.js': "/* TASK(ann): cache */\nfunction getUser(id) {\n  return { id, getUserName: 'x' };\n}\n\nmodule.exports = { getUser };\n",
  'src/style.css': '/* getUser */\n.a { color: red }\n',
  'test/user.test.js': "const { getUser } = require('../src/user');\nif (getUser(2).id !== 2) throw new Error('getUser failed'); // AMEND flaky\n",
};
for (const [name, text] of Object.entries(project)) {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, text);
}

function* findFiles(folder, extensions) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.')) yield* findFiles(full, extensions);
    else if (extensions.has(path.extname(entry.name))) yield full;
  }
}
const sources = [...findFiles('.', new Set(['.js', '.mjs']))];
console.log(sources);

let replaced = 0;
const tasks = [];
const stats = [];
for (const file of sources) {
  const text = fs.readFileSync(file, 'utf8');
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    const match = line.match(/(TASK|AMEND)(?:\((\w+)\))?:?\s*(.*?)\s*(?:\*\/)?$/);
    if (match) tasks.push({ file, line: index + 1, kind: match[1], who: match[2] ?? '-', text: match[3] });
  });
  stats.push({ file, lines: lines.length - 1, code: lines.filter((line) => line.trim() && !/^\s*(\/\/|\/\*)/.test(line)).length });
  const changed = text.replace(/\bgetUser\b/g, () => {
    replaced++;
    return 'fetchUser';
  });
  if (changed !== text) fs.writeFileSync(file, changed);
}
console.log(`${replaced} replacements`);
console.table(tasks);
console.table(stats);
console.log(require(path.resolve('src/user.js')).fetchUser(5));
require(path.resolve('src/index.js'));
const report = ['# Report', '', ...stats.map(({ file, lines, code }) => `- \`${file}\`: ${code}/${lines}`), '', `TASKs: ${tasks.length}`].join('\n');
fs.writeFileSync('REPORT.md', report);
console.log(fs.readFileSync('REPORT.md', 'utf8'));
