// task: Process a large CSV line by line with streams and readline, transform it, and write the result.
const fs = require('fs');
const readline = require('readline');
const { Transform, Readable, pipeline } = require('stream');

fs.writeFileSync('big.csv', `id,amount\n${Array.from({ length: 1000 }, (_, i) => `${i},${(i * 37) % 101}`).join('\n')}\n`);

async function sumLines() {
  const lines = readline.createInterface({ input: fs.createReadStream('big.csv'), crlfDelay: Infinity });
  let total = 0;
  let n = 0;
  for await (const line of lines) {
    if (n++ > 0) total += Number(line.split(',')[1]);
  }
  return { lines: n, total };
}
function upperCase() {
  return new Transform({ transform(chunk, encoding, callback) { callback(null, chunk.toString().toUpperCase()); } });
}
async function main() {
  console.log(await sumLines());
  const out = fs.createWriteStream('out.txt');
  out.write('first\n');
  out.end('last\n');
  await new Promise((resolve, reject) => out.on('finish', resolve).on('error', reject));
  console.log(fs.readFileSync('out.txt', 'utf8'));
  await new Promise((resolve, reject) => pipeline(fs.createReadStream('out.txt', 'utf8'), upperCase(), fs.createWriteStream('upper.txt'), (error) => (error ? reject(error) : resolve())));
  console.log(fs.readFileSync('upper.txt', 'utf8'));
  const chunks = [];
  for await (const chunk of Readable.from(['a', 'b', 'c'])) chunks.push(chunk);
  console.log(chunks);
  fs.createReadStream('missing.txt').on('error', (error) => console.log(error.code));
}
main();
