// task: Search and summarise log files with shell-like helpers.
const { grep, sed, head, tail, wc, diff, echo, mkdir } = require('sandbox-utils');
const fs = require('fs');

mkdir('logs');
fs.writeFileSync('logs/app.log', ['INFO start', 'ERROR disk full', 'info retry (1)', 'ERROR timeout', 'INFO stop'].join('\n') + '\n');
fs.writeFileSync('logs/web.log', 'GET /a 200\r\nGET /b 500\r\nPOST /a 201');
fs.writeFileSync('logs/data.bin', Buffer.from([69, 82, 82, 79, 82, 0, 1]));

for (const { file, lineNo, line } of grep('ERROR', 'logs/app.log')) console.log(`${file}:${lineNo}: ${line}`);
console.log(grep(/error/i, 'logs').length, grep('^INFO', ['logs/app.log', 'logs/web.log']).map((hit) => hit.lineNo));
console.log(grep('(1)', 'logs/*.log', false), grep('(1)', 'logs/*.log').length, grep('(1)', 'logs', { regex: false }).length);
console.log(grep(/GET/g, 'logs/web.log'));
console.log(grep('nothing', 'logs/{app,web}.log'));

console.log(sed('(\\w+)@(\\w+)', '$2 at $1', 'ann@home\nbob@work'));
console.log(sed('^', '> ', 'one\ntwo'));
console.log(sed(/O/i, '0', 'foo Bob'), sed('\\d+', (digits) => digits * 2, 'a1 b22'));

fs.writeFileSync('n.txt', Array.from({ length: 15 }, (_, i) => `line ${i + 1}`).join('\n'));
console.log(JSON.stringify(head('n.txt', 2)), JSON.stringify(tail('n.txt', 2)), head('n.txt').split('\n').length, tail('n.txt', 0) === '');
fs.writeFileSync('u.txt', 'Ä 😀 b\n\nlast words here');
console.log(wc('u.txt'), wc('n.txt'));
echo('', 'empty.txt');
console.log(wc('empty.txt'), head('empty.txt') === '\n');

fs.writeFileSync('old.txt', Array.from({ length: 20 }, (_, i) => `row ${i}\n`).join(''));
fs.writeFileSync('new.txt', Array.from({ length: 20 }, (_, i) => (i === 3 ? 'row three\n' : i === 17 ? '' : `row ${i}\n`)).join('') + 'tail without end');
console.log(diff('old.txt', 'new.txt'));
console.log(JSON.stringify(diff('old.txt', 'old.txt')));
fs.writeFileSync('none.txt', '');
console.log(diff('none.txt', 'u.txt'));
console.log(diff('u.txt', 'none.txt'));
for (const act of [() => head('n.txt', -1), () => sed('a', 'b'), () => grep('[', 'n.txt'), () => grep('x', 'missing.log'), () => head('logs'), () => diff('n.txt', 'nope')]) {
  try {
    act();
    console.log('no error');
  } catch (error) {
    console.log(error.name, error.code ?? '', error.code ? error.message : '');
  }
}
