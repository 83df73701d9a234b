// task: Split a program into ES modules with named, default and re-exported names, JSON, and dynamic import.
import fs, { writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { EventEmitter, once } from 'events';
import * as util from 'node:util';

const lib = path.resolve('lib');
mkdirSync(lib, { recursive: true });
writeFileSync(path.join(lib, 'math.mjs'), `export const add = (a, b) => a + b;
export function mul(a, b) { return a * b; }
export default class Vector { constructor(x, y) { this.x = x; this.y = y; } get length() { return Math.hypot(this.x, this.y); } }
let counter = 0;
export { counter };
export const increment = () => ++counter;
`);
writeFileSync(path.join(lib, 'index.mjs'), "export * from './math.mjs';\nexport { default as Vector } from './math.mjs';\nexport * as math from './math.mjs';\nconsole.log('index loaded');\n");
writeFileSync(path.join(lib, 'legacy.cjs'), "exports.answer = 42;\nmodule.exports.double = (n) => n * 2;\n");
writeFileSync(path.join(lib, 'data.json'), JSON.stringify({ items: [1, 2, 3] }));

const index = await import(path.join(lib, 'index.mjs'));
console.log(index.add(2, 3), index.mul(4, 5), new index.Vector(3, 4).length, index.math.add === index.add);
console.log(index.counter, index.increment(), index.counter, Object.keys(index).sort());
const again = await import(path.join(lib, 'index.mjs'));
console.log(again === index, (await import(path.join(lib, 'math.mjs'))).counter);
const { default: legacy, answer } = await import(path.join(lib, 'legacy.cjs'));
console.log(legacy.double(answer), typeof legacy);
const { createRequire } = await import('node:module');
const require = createRequire(import.meta.url);
console.log(require(path.join(lib, 'data.json')).items, require(path.join(lib, 'legacy.cjs')).answer);
console.log(typeof import.meta.url, import.meta.url.startsWith('file:///'), this, typeof fs.readFileSync);

const emitter = new EventEmitter();
setTimeout(() => emitter.emit('ready', 'payload'), 1);
const [payload] = await once(emitter, 'ready');
console.log(payload, util.format('%s', 'formatted'));
for (const bad of ['./nope.mjs', 'no-such-package']) {
  try {
    await import(bad);
  } catch (error) {
    console.log(error.code);
  }
}
const results = [];
for await (const x of (async function* () { yield* [1, 2]; })()) results.push(x);
console.log(results, await Promise.all([Promise.resolve('top-level'), 'await']));
export const unused = true;
