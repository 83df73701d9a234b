// task: Work on many files and long texts in reasonable time.
const { find, tree, grep, wc, csvToJson, jsonToCsv, xmlToObject, diff, unique, walk } = require('sandbox-utils');
const fs = require('fs');
for (let folder = 0; folder < 20; folder++) {
  fs.mkdirSync(`d${folder}`);
  for (let file = 0; file < 20; file++) fs.writeFileSync(`d${folder}/f${file}.txt`, `text ${file}\n`);
}
const used = {};
console.log(find('*7.txt').length, walk().length, tree().split('\n').length, grep('text 1', '/app').length);
fs.writeFileSync('big.txt', Array.from({ length: 15000 }, (_, i) => `line ${i} of a long text that has words and numbers ${i * 7}\n`).join(''));
console.log(grep('99\\d$', 'big.txt').length, wc('big.txt'));
fs.writeFileSync('big.csv', `a,b,c\n${Array.from({ length: 10000 }, (_, i) => `${i},"x,${i}",y\n`).join('')}`);
console.log(JSON.parse(csvToJson('big.csv', 'big.json')).length, jsonToCsv('big.json').length);
console.log(xmlToObject(`<r>${'<i n="1">x</i>'.repeat(5000)}</r>`).r.i.length);
const lines = Array.from({ length: 3000 }, (_, i) => `row ${i}\n`);
fs.writeFileSync('one.txt', lines.join(''));
fs.writeFileSync('two.txt', lines.map((line, i) => (i % 10 === 0 ? `changed ${i}\n` : line)).join(''));
fs.writeFileSync('three.txt', lines.map((line, i) => `other ${i}\n`).join(''));
console.log(diff('one.txt', 'two.txt').split('\n').length, diff('one.txt', 'three.txt').split('\n').length);
console.log(unique(Array.from({ length: 5000 }, (_, i) => ({ id: i % 1000 }))).length);
