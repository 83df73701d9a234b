// What programs usually do, once, while an image is made: shapes, names and the engine's tables are then there.
(async () => {
  console.log('warm', 1, { a: [1, 2, { b: new Map([[1, new Set([2])]]) }] }, new Date(0), /x/, 'text'.repeat(3));
  console.error(new Error('warm'));
  console.table([{ a: 1 }]);
  const fs = require('node:fs');
  fs.writeFileSync('/tmp/warm.json', JSON.stringify({ warm: [1, 2, 3] }));
  JSON.parse(fs.readFileSync('/tmp/warm.json', 'utf8'));
  fs.readdirSync('/tmp');
  fs.unlinkSync('/tmp/warm.json');
  await new Promise((resolve) => { setTimeout(resolve, 1); });
  const { join } = await import('node:path');
  [3, 1, 2].sort((a, b) => a - b).map((n) => `${join('a', String(n))}`).filter(Boolean).reduce((a, b) => a + b, '');
  structuredClone({ a: new URL('http://host/path?q=1#h').href, b: [new Uint8Array(2)] });
  Buffer.from('warm').toString('base64');
  new TextDecoder().decode(new TextEncoder().encode('wärm'));
  class Warm { #private = 1; get it() { return this.#private; } }
  new Warm().it;
  try {
    null.warm;
  } catch (error) {
    String(error.stack);
  }
})();
