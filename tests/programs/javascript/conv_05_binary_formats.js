// task: Encode and decode data: Buffers, base64, hex, typed arrays, and a BMP header.
const fs = require('fs');
const text = 'Grüße, 世界 👋';
const buffer = Buffer.from(text, 'utf8');
console.log(buffer.length, text.length, [...text].length);
console.log(buffer.toString('hex'));
console.log(buffer.toString('base64'), buffer.toString('base64url'));
console.log(Buffer.from(buffer.toString('base64'), 'base64').toString() === text);
console.log(btoa('hello'), atob('aGVsbG8='), encodeURIComponent(text).length, decodeURIComponent('%E4%B8%96'));
console.log(buffer.subarray(0, 5), Buffer.concat([Buffer.from('ab'), Buffer.from([99, 100])]).toString());
console.log(Buffer.from('abc').equals(Buffer.from('abc')), Buffer.compare(Buffer.from('a'), Buffer.from('b')), Buffer.byteLength('é'));

const header = Buffer.alloc(26);
header.write('BM', 0, 'ascii');
header.writeUInt32LE(26 + 12, 2);
header.writeUInt32LE(26, 10);
header.writeUInt32LE(12, 14);
header.writeUInt16LE(2, 18);
header.writeUInt16LE(2, 20);
header.writeUInt16LE(1, 22);
header.writeUInt16LE(24, 24);
fs.writeFileSync('tiny.bmp', Buffer.concat([header, Buffer.from([255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0])]));
const file = fs.readFileSync('tiny.bmp');
console.log(file.toString('latin1', 0, 2), file.readUInt32LE(2), file.length, file.readUInt16LE(18) + 'x' + file.readUInt16LE(20));
console.log(file.indexOf(Buffer.from([0, 0, 255])), file.includes('BM'), file.toJSON().data.slice(0, 4));

const view = new DataView(new ArrayBuffer(16));
view.setFloat64(0, Math.PI);
view.setInt16(8, -2, true);
view.setBigUint64(8, 0xdeadbeefn);
console.log(view.getFloat64(0), view.getUint8(0), view.getUint32(12).toString(16));
const floats = Float32Array.of(1.1, 2.5);
console.log(floats, new Uint8Array(floats.buffer), new Uint8ClampedArray([300, -5, 1.5]), new Int8Array([200]));

const encoder = new TextEncoder();
const bytes = encoder.encode('añ');
console.log(bytes, new TextDecoder().decode(bytes), new TextDecoder('utf-16le').decode(new Uint8Array([104, 0, 105, 0])));
const rle = (s) => s.replace(/(.)\1*/g, (run, c) => `${run.length}${c}`);
const unrle = (s) => s.replace(/(\d+)(\D)/g, (_, n, c) => c.repeat(+n));
console.log(rle('aaabccd'), unrle(rle('aaabccd')));
const crc = (data) => {
  let c = ~0;
  for (const byte of data) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return ~c >>> 0;
};
console.log(crc(Buffer.from('123456789')).toString(16));
