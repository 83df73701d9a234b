// task: Manage files the way a shell script would.
const { ls, cat, touch, mkdir, rm, cp, mv, echo, tree } = require('sandbox_utils');
const fs = require('fs');
const tries = (act) => {
  try {
    return act() ?? 'done';
  } catch (error) {
    return `${error.code ?? error.name}: ${error.message}`;
  }
};

mkdir('reports/2026');
mkdir('reports', { recursive: true });
console.log(tries(() => mkdir('reports', false)));
console.log(tries(() => mkdir('x/y', { parents: false })).split(':')[0]);
echo('first', 'reports/a.txt');
echo('second', 'reports/a.txt', true);
echo(42, 'reports/b.txt', { append: true });
console.log(cat('reports/a.txt', 'reports/b.txt'), cat(['reports/b.txt']) === '42\n', echo('shown'));
touch('reports/.dot');
touch('reports/empty.txt');
const before = fs.statSync('reports/empty.txt');
fs.utimesSync('reports/empty.txt', 1, 1);
touch('reports/empty.txt');
console.log(fs.statSync('reports/empty.txt').mtimeMs > 1000, before.size);

console.log(ls('reports'), ls('reports', true), ls('reports', { all: true }).length, ls('reports/a.txt'));
fs.utimesSync('reports/a.txt', 86400, 86400);
console.log(ls('reports', { long: true }).filter(({ name }) => name !== '2026').map(({ modified, ...rest }) => rest), ls('reports/a.txt', { long: true })[0].modified);

cp('reports/a.txt', 'copy.txt');
cp('reports/a.txt', 'reports/2026');
cp('reports', 'backup', true);
cp('reports', 'backup', { recursive: true });
console.log(tree());
mv('copy.txt', 'reports/2026');
mv('reports/2026', 'archive');
mv('archive/copy.txt', 'archive/a.txt');
mv('archive', 'backup');
console.log(ls(), ls('backup/archive'));
rm('backup', { recursive: true });
rm('missing.txt', { force: true });
rm('missing.txt', false, true);
fs.symlinkSync('/etc', 'outside');
rm('outside');
console.log(ls());
for (const act of [() => rm('reports'), () => rm('missing'), () => rm('/app', true), () => cp('reports', 'r2'), () => cp('missing', 'x'), () => mv('missing', 'x'), () => mv('reports', 'reports/in'), () => cp('reports', 'reports/in', true), () => cp('reports/a.txt', 'reports'), () => cat('reports'), () => ls('nope'), () => rm('x', { recurse: true }), () => cat(5)]) console.log(tries(act));
