// task: Organise a downloads folder: move files into folders by extension, find duplicates and print the tree.
const fs = require('fs');
const path = require('path');

const root = '/app/downloads';
fs.mkdirSync(root, { recursive: true });
const files = { 'photo.JPG': 'img1', 'photo copy.jpg': 'img1', 'report.pdf': 'pdf', 'notes.txt': 'hello', 'data.csv': 'a,b\n1,2\n', 'archive.tar.gz': 'zip', README: 'read me', '.hidden': 'x', 'old/notes.txt': 'hello' };
for (const [name, content] of Object.entries(files)) {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

const categories = { images: ['.jpg', '.png'], documents: ['.pdf', '.txt'], data: ['.csv', '.json'], archives: ['.gz', '.zip'] };
const categoryOf = (file) => Object.keys(categories).find((name) => categories[name].includes(path.extname(file).toLowerCase())) ?? 'other';

let moved = 0;
for (const entry of fs.readdirSync(root, { withFileTypes: true })) {
  if (!entry.isFile() || entry.name.startsWith('.')) continue;
  const folder = path.join(root, categoryOf(entry.name));
  if (!fs.existsSync(folder)) fs.mkdirSync(folder);
  fs.renameSync(path.join(root, entry.name), path.join(folder, entry.name));
  moved++;
}
console.log(`moved ${moved} files`);

function walk(folder) {
  return fs.readdirSync(folder).flatMap((name) => {
    const full = path.join(folder, name);
    return fs.statSync(full).isDirectory() ? walk(full) : [full];
  });
}
function printTree(folder, prefix = '') {
  const names = fs.readdirSync(folder).sort();
  names.forEach((name, index) => {
    const isLast = index === names.length - 1;
    const full = path.join(folder, name);
    const stats = fs.statSync(full);
    console.log(`${prefix}${isLast ? '└── ' : '├── '}${name}${stats.isDirectory() ? '/' : ` (${stats.size} B)`}`);
    if (stats.isDirectory()) printTree(full, prefix + (isLast ? '    ' : '│   '));
  });
}
console.log(path.basename(root));
printTree(root);

const byContent = new Map();
for (const file of walk(root)) {
  const content = fs.readFileSync(file, 'utf8');
  byContent.set(content, [...(byContent.get(content) ?? []), path.relative(root, file)]);
}
for (const [, group] of byContent) if (group.length > 1) console.log('duplicates:', group.sort());

console.log(path.parse('/app/downloads/archive.tar.gz'), path.join('/a', '..', 'b', './c.txt'), path.resolve('/app', 'x', '../y'), path.extname('.hidden'), path.basename('/x/y.txt', '.txt'), path.isAbsolute('x'), path.sep, path.normalize('/a//b/../c/'), path.relative('/a/b/c', '/a/d'));
fs.copyFileSync(path.join(root, 'data', 'data.csv'), '/app/copy.csv');
fs.appendFileSync('/app/copy.csv', '3,4\n');
fs.unlinkSync(path.join(root, '.hidden'));
fs.rmSync(path.join(root, 'old'), { recursive: true, force: true });
console.log(fs.readFileSync('/app/copy.csv', 'utf8'), walk(root).length, fs.existsSync(path.join(root, 'old')));
try {
  fs.readFileSync('/app/missing.txt');
} catch (error) {
  console.log(error.code, error.message, error.syscall, error.errno < 0, error.path);
}
