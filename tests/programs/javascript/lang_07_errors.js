// task: Error handling: custom errors, causes, finally, validation results, assertion and cleaning up.
const assert = require('assert');

class AppError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = this.constructor.name;
    this.timestamp = 0;
  }
}
class ValidationError extends AppError {
  constructor(field, message) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}
class DatabaseError extends AppError {}

function validate({ name, age }) {
  const errors = [];
  if (!name?.trim()) errors.push(new ValidationError('name', 'is required'));
  if (!Number.isInteger(age)) errors.push(new ValidationError('age', `expected an integer, got ${typeof age}`));
  if (errors.length) throw new AggregateError(errors, `${errors.length} problem(s)`);
  return true;
}
for (const input of [{ name: 'Ann', age: 3 }, { name: ' ', age: '3' }]) {
  try {
    console.log(validate(input));
  } catch (error) {
    console.log(error.name, error.message, error.errors.map((e) => `${e}`));
  }
}
function load(id) {
  try {
    if (id < 0) throw new RangeError(`bad id ${id}`);
    return { id };
  } catch (error) {
    throw new DatabaseError('cannot load', { cause: error });
  } finally {
    console.log('connection closed');
  }
}
console.log(load(1));
try {
  load(-1);
} catch (error) {
  console.log(error instanceof DatabaseError, error instanceof AppError, error instanceof Error, `${error.name}: ${error.message}`, error.cause.message, Object.keys(error));
  console.log(error.stack.split('\n')[0], /lang_07/.test(error.stack));
}
const order = [];
const f = () => {
  try {
    order.push('try');
    return 'from try';
  } finally {
    order.push('finally');
  }
};
console.log(f(), order, (() => { try { throw 1; } catch { return 'caught'; } finally { order.push('again'); } })());
const attempt = (fn) => {
  try {
    return [null, fn()];
  } catch (error) {
    return [error instanceof Error ? `${error.constructor.name}` : error, null];
  }
};
console.log(attempt(() => JSON.parse('{"a":1}')), attempt(() => JSON.parse('{a}')), attempt(() => null.x), attempt(() => nope), attempt(() => { throw 'text'; }), attempt(() => 'x'.repeat(-1)), attempt(() => new Array(-1)), attempt(() => decodeURIComponent('%')), attempt(() => 1n + 1), attempt(() => { const c = 1; c = 2; }), attempt(() => Symbol() + ''), attempt(() => (function f() { f(); })()));
for (const check of [() => assert.strictEqual(1 + 1, 2), () => assert.deepStrictEqual({ a: [1] }, { a: [1] }), () => assert(0, 'zero is falsy'), () => assert.throws(() => { throw new TypeError('bad'); }, /bad/), () => assert.equal(1, 2, 'not the same'), () => assert.notStrictEqual(1, 1, 'same')]) {
  const [error] = attempt(check);
  console.log(error ?? 'passed');
}
Promise.reject(new ValidationError('zip', 'too long')).catch((error) => console.log('async:', error.message, error.field)).finally(() => console.log('done'));
(async () => {
  try {
    await Promise.all([Promise.resolve(1), Promise.reject(new Error('one failed'))]);
  } catch ({ message }) {
    console.log(message);
  }
  const results = await Promise.allSettled([load(2), Promise.reject(new AppError('x'))]);
  console.log(results.map((r) => r.status));
})();
