// task: Tidy up a small project: find files by pattern, draw the tree, copy it for a backup and remove the temporary files.
const { find, tree, walk, copyTree, removeTree, mkdir, touch, echo, ls } = require('sandbox-utils');
const fs = require('fs');

mkdir('project/src/lib');
mkdir('project/docs');
echo('export const a = 1;', 'project/src/a.js');
echo('let b: number = 2;', 'project/src/lib/b.ts');
echo('# Title', 'project/docs/readme.md');
echo('x', 'project/notes.tmp');
touch('/app/project/src/.hidden');
fs.symlinkSync('src/a.js', '/app/project/link.js');

console.log(tree('project'));
console.log(tree('/app', 1));
console.log(tree('/app', { maxDepth: 2 }) === tree('/app', 2));
console.log(find('*.js'));
console.log(find('*.{js,ts}', 'project/src'));
console.log(find('src/**/*.ts'), find('lib/*'), find('/app/project/*.tmp'));
console.log(find('*', 'project', false), find('*', 'project', { recursive: false }).length);
console.log(find(/^[ab]\./), find(/\.ts$/g, 'project', { recursive: false }));
console.log(find('[ab].?s'), find('[!a].ts'), find('nothing*'));
console.log(walk('project'));
console.log(walk('project', (file) => file.endsWith('.md')));
console.log([...walk()].length, walk('/app/project/docs').map((file) => file.split('/').pop()));

copyTree('project', 'backup/project');
console.log(tree('backup'));
console.log(fs.readFileSync('backup/project/link.js', 'utf8').trim(), fs.readlinkSync('backup/project/link.js'));
removeTree('backup', '*.tmp');
console.log(find('*.tmp'));
removeTree('backup');
console.log(ls());
for (const act of [() => copyTree('project', 'project/src/copy'), () => removeTree('gone'), () => removeTree('/app'), () => find('*', 'project/notes.tmp'), () => tree('missing'), () => removeTree('project/notes.tmp')]) {
  try {
    act();
    console.log('no error');
  } catch (error) {
    console.log(error.code ?? error.name, error.message);
  }
}
