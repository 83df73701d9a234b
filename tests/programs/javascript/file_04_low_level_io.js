// task: Read and write a fixed-size record file with file descriptors, and tail a log in chunks.
const fs = require('fs');
const RECORD = 32;

function openDatabase(file) {
  const fd = fs.openSync(file, fs.existsSync(file) ? 'r+' : 'w+');
  return {
    write(index, { id, name, score }) {
      const record = Buffer.alloc(RECORD);
      record.writeUInt32BE(id, 0);
      record.write(name.slice(0, 20), 4, 'utf8');
      record.writeDoubleLE(score, 24);
      return fs.writeSync(fd, record, 0, RECORD, index * RECORD);
    },
    read(index) {
      const record = Buffer.alloc(RECORD);
      const n = fs.readSync(fd, record, 0, RECORD, index * RECORD);
      if (n < RECORD) return null;
      return { id: record.readUInt32BE(0), name: record.toString('utf8', 4, 24).replace(/\0+$/, ''), score: record.readDoubleLE(24) };
    },
    get count() { return fs.fstatSync(fd).size / RECORD; },
    close: () => fs.closeSync(fd),
  };
}
let db = openDatabase('scores.db');
['Ann', 'Börje', 'A very long name indeed'].forEach((name, i) => console.log(db.write(i, { id: 100 + i, name, score: i * 1.5 })));
console.log(db.count, db.read(1), db.read(9));
db.write(1, { id: 7, name: 'Bo', score: -0.5 });
db.close();
db = openDatabase('scores.db');
for (let i = 0; i < db.count; i++) console.log(db.read(i));
db.close();

function tail(file, n, chunkSize = 16) {
  const fd = fs.openSync(file, 'r');
  let position = fs.fstatSync(fd).size;
  let text = '';
  try {
    while (position > 0 && text.split('\n').length <= n + 1) {
      const length = Math.min(chunkSize, position);
      position -= length;
      const chunk = Buffer.alloc(length);
      fs.readSync(fd, chunk, 0, length, position);
      text = chunk.toString('latin1') + text;
    }
  } finally {
    fs.closeSync(fd);
  }
  return text.trimEnd().split('\n').slice(-n);
}
for (let i = 1; i <= 20; i++) fs.writeFileSync('app.log', `entry ${i}\n`, { flag: 'a' });
console.log(tail('app.log', 3), tail('app.log', 1));
try {
  fs.readSync(999, Buffer.alloc(1), 0, 1, 0);
} catch ({ code, syscall }) {
  console.log(code, syscall);
}
try {
  fs.writeFileSync('app.log', 'x', { flag: 'wx' });
} catch (error) {
  console.log(error.code, error.syscall);
}
fs.symlinkSync('app.log', 'link.log');
console.log(fs.lstatSync('link.log').isSymbolicLink(), fs.readlinkSync('link.log'), fs.realpathSync('link.log').endsWith('app.log'), fs.statSync('link.log').size, fs.statSync('nope', { throwIfNoEntry: false }));
fs.utimesSync('app.log', new Date(0), new Date(86400000));
console.log(fs.statSync('app.log').mtime, fs.readdirSync('.').filter((n) => !n.startsWith('.')), fs.readFileSync('app.log').readUInt8(0), fs.constants.R_OK);
process.stdout.write('no newline; ');
process.stdout.write(Buffer.from('bytes\n'));
fs.writeSync(1, 'by descriptor\n');
