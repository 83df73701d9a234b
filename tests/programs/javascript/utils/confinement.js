// task: Make sure that the helpers stay in the workspace, whatever the path looks like.
const utils = require('sandbox-utils');
const fs = require('fs');

fs.writeFileSync('in.txt', 'inside\n');
fs.mkdirSync('sub');
fs.writeFileSync('sub/x.txt', 'x');
fs.mkdirSync('/tmp/out');
fs.writeFileSync('/tmp/out/secret.txt', 'secret\n');
fs.symlinkSync('/tmp/out', 'door');
fs.symlinkSync('/tmp/out/secret.txt', 'sub/secret.txt');
fs.symlinkSync('loop', 'loop');
fs.symlinkSync('/app/in.txt', 'good.txt');

const bad = ['/etc/passwd', '../etc/passwd', 'sub/../../x', '/app/../etc', '/application', '/tmp/out/secret.txt', 'door/secret.txt', 'sub/secret.txt', '/', '..', '/app/..'];
const acts = {
  find: (p) => utils.find('*', p), tree: (p) => utils.tree(p), walk: (p) => utils.walk(p), copyTree: (p) => utils.copyTree(p, 'sub2'), copyTreeTo: (p) => utils.copyTree('sub', p),
  removeTree: (p) => utils.removeTree(p, '*'), grep: (p) => utils.grep('x', p), head: (p) => utils.head(p), tail: (p) => utils.tail(p), wc: (p) => utils.wc(p), diff: (p) => utils.diff('in.txt', p),
  csvToJson: (p) => utils.csvToJson(p), csvToJsonTo: (p) => utils.csvToJson('in.txt', p), jsonToCsv: (p) => utils.jsonToCsv(p), ls: (p) => utils.ls(p), cat: (p) => utils.cat(p), touch: (p) => utils.touch(p),
  mkdir: (p) => utils.mkdir(p), cp: (p) => utils.cp(p, 'y'), cpTo: (p) => utils.cp('in.txt', p), mvTo: (p) => utils.mv('in.txt', p), echo: (p) => utils.echo('x', p), findPattern: (p) => utils.find(`${p}/*`),
};
let refused = 0;
for (const [name, act] of Object.entries(acts)) {
  for (const path of bad) {
    if (name === 'findPattern' && !/^\/(?!app)|\.\./.test(path)) continue;
    try {
      act(path);
      console.log('NOT REFUSED', name, path);
    } catch (error) {
      if (error.message.startsWith('Path must be within /app: ') && error.code === 'EACCES') refused++;
      else console.log('OTHER', name, path, error.message);
    }
  }
}
console.log(refused);
try {
  utils.cat('/etc/passwd');
} catch (error) {
  console.log(error.message, error.code, error.path);
}
// Links: those that stay inside work, those that lead out are left alone, and are removed as links.
console.log(utils.cat('good.txt'), utils.walk().join(' '), utils.grep('secret', '/app').length);
console.log(utils.find('secret.txt'));
try {
  utils.cat('loop');
} catch (error) {
  console.log(error.code);
}
for (const path of ['/etc', '../x', 'door/secret.txt']) {
  for (const act of [utils.rm, utils.removeTree, (p) => utils.mv(p, 'z')]) {
    try {
      act(path);
      console.log('NOT REFUSED', path);
    } catch (error) {
      if (!error.message.startsWith('Path must be within')) console.log(error.message);
    }
  }
}
utils.rm('door');
utils.mv('sub/secret.txt', 'moved');
console.log(fs.readFileSync('/tmp/out/secret.txt', 'utf8').trim(), fs.readlinkSync('moved'), utils.ls());
process.chdir('sub');
console.log(utils.ls(), utils.cat('in.txt').trim(), utils.ls('./sub/./../sub'), utils.ls(new URL('file:///app/sub')));
