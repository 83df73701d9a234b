// `process` and the smaller modules of Node that programs reach for: util, events, assert, os, readline.
(function (sbx) {
  'use strict';
  const { native, define, inspect, format, bytesOf, fs, EventEmitter, Readable, Writable, coded } = sbx;

  // ---- process ----

  // Unlike other streams, what is written to it is out before the call returns.
  class Output extends Writable {
    constructor(fd) {
      super();
      Object.assign(this, { fd, isTTY: false, columns: 80 });
    }
    write(data, encoding, callback) {
      if (typeof data === 'string') native.write(this.fd, data.toWellFormed());
      else sbx.writeAll(this.fd, bytesOf(data));
      const done = typeof encoding === 'function' ? encoding : callback;
      if (done) setImmediate(done);
      return true;
    }
    end(data, encoding, callback) {
      if (data !== undefined && typeof data !== 'function') this.write(data, encoding);
      const done = [data, encoding, callback].find((each) => typeof each === 'function');
      if (done) setImmediate(done);
      return this;
    }
    destroy() { return this; }
    getWindowSize() { return [80, 24]; }
    hasColors() { return false; }
  }

  // Standard input is there as a whole: a stream of it has one piece.
  class Input extends Readable {
    constructor() {
      super();
      Object.assign(this, { fd: 0, isTTY: false });
    }
    _read() {
      const bytes = fs.readFileSync(0);
      if (bytes.length > 0) this.push(bytes);
      this.push(null);
    }
    destroy() { return this; }
    setRawMode() { return this; }
    ref() { return this; }
    unref() { return this; }
  }

  const BASE_ENV = { HOME: '/app', PWD: '/app', PATH: '', LANG: 'C.UTF-8', TZ: 'UTC', TMPDIR: '/tmp' };
  const process = new EventEmitter();
  Object.assign(process, {
    title: 'sbx', argv: ['js', '/app/[eval]'], argv0: 'js', execArgv: [], execPath: '/usr/local/bin/js', pid: 1, ppid: 0,
    platform: 'wasi', arch: 'wasm32', version: 'v22.0.0', versions: { node: '22.0.0', quickjs: '0.18.0' }, release: { name: 'sbx' },
    features: {}, config: {}, exitCode: undefined, env: { ...BASE_ENV }, stdout: new Output(1), stderr: new Output(2), stdin: new Input(),
    cwd: () => sbx.getCwd(),
    chdir: (folder) => sbx.setCwd(folder),
    exit(code) {
      if (code !== undefined) process.exitCode = code;
      leave();
    },
    abort: () => native.exit(134),
    nextTick(callback, ...args) { queueMicrotask(() => callback(...args)); },
    uptime: () => performance.now() / 1000,
    hrtime: Object.assign((since) => {
      const now = native.now();
      let seconds = Math.floor(now / 1000);
      let nanoseconds = Math.round((now % 1000) * 1e6);
      if (since) {
        seconds -= since[0];
        nanoseconds -= since[1];
        if (nanoseconds < 0) [seconds, nanoseconds] = [seconds - 1, nanoseconds + 1e9];
      }
      return [seconds, nanoseconds];
    }, { bigint: () => BigInt(Math.round(native.now() * 1e6)) }),
    memoryUsage: Object.assign(() => {
      const used = native.memory();
      return { rss: used, heapTotal: used, heapUsed: used, external: 0, arrayBuffers: 0 };
    }, { rss: () => native.memory() }),
    cpuUsage: () => ({ user: Math.round(performance.now() * 1000), system: 0 }),
    emitWarning(warning) { sbx.emit(2, warning instanceof Error ? sbx.errorHead(warning) : `Warning: ${warning}`); },
    umask: () => 0o022,
    getuid: () => 0,
    geteuid: () => 0,
    kill() { throw sbx.tag(coded(Error, 'EPERM', 'there are no processes in the sandbox'), { feature: 'subprocess' }); },
  });
  define('process', process);
  define('global', globalThis);

  // An exit code as a shell sees it.
  function leave() {
    const code = process.exitCode === undefined || process.exitCode === null ? 0 : Number(process.exitCode);
    sayGoodbye(code);
    native.exit(Number.isInteger(code) ? code & 255 : 1);
  }
  let isLeaving = false;
  function sayGoodbye(code) {
    if (isLeaving) return;
    isLeaving = true;
    try {
      process.emit('exit', code);
    } finally {
      isLeaving = false;
    }
  }

  // ---- util ----

  function promisify(call) {
    if (typeof call[promisify.custom] === 'function') return call[promisify.custom];
    return function (...args) {
      return new Promise((resolve, reject) => {
        call.call(this, ...args, (error, value) => (error ? reject(error) : resolve(value)));
      });
    };
  }
  promisify.custom = Symbol.for('nodejs.util.promisify.custom');
  setTimeout[promisify.custom] = (ms, value) => new Promise((resolve) => { setTimeout(resolve, ms, value); });
  setImmediate[promisify.custom] = (value) => new Promise((resolve) => { setImmediate(resolve, value); });

  function isDeepEqual(a, b, isStrict, seen = new Map()) {
    if (isStrict ? Object.is(a, b) : a == b || (Number.isNaN(a) && Number.isNaN(b))) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (isStrict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (Array.isArray(a) !== Array.isArray(b) || Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
    if (seen.get(a) === b) return true;
    seen.set(a, b);
    const same = (x, y) => isDeepEqual(x, y, isStrict, seen);
    if (a instanceof Date && a.getTime() !== b.getTime()) return false;
    if (a instanceof RegExp && String(a) !== String(b)) return false;
    if (a instanceof Error && (a.message !== b.message || a.name !== b.name)) return false;
    for (const box of [Number, String, Boolean]) if (a instanceof box && !Object.is(a.valueOf(), b.valueOf())) return false;
    if (a instanceof Map) {
      if (a.size !== b.size) return false;
      for (const [key, value] of a) {
        const found = b.has(key) ? key : [...b.keys()].find((other) => typeof key === 'object' && same(key, other));
        if (found === undefined && !b.has(key)) return false;
        if (!same(value, b.get(found))) return false;
      }
    }
    if (a instanceof Set) {
      if (a.size !== b.size) return false;
      for (const item of a) if (!b.has(item) && ![...b].some((other) => typeof item === 'object' && same(item, other))) return false;
    }
    if (a instanceof ArrayBuffer) return same(new Uint8Array(a), new Uint8Array(b));
    const symbols = (object) => Object.getOwnPropertySymbols(object).filter((symbol) => Object.prototype.propertyIsEnumerable.call(object, symbol));
    const keys = [...Object.keys(a), ...symbols(a)];
    return keys.length === Object.keys(b).length + symbols(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
  }

  const isTagged = (tag) => (value) => Object.prototype.toString.call(value) === `[object ${tag}]`;
  const util = {
    inspect, format, promisify, TextEncoder, TextDecoder,
    callbackify: (call) => (...args) => {
      const callback = args.pop();
      call(...args).then((value) => setImmediate(() => callback(null, value)), (error) => setImmediate(() => callback(error)));
    },
    inherits(type, parent) { Object.setPrototypeOf(type.prototype, parent.prototype); },
    deprecate: (call) => call,
    isDeepStrictEqual: (a, b) => isDeepEqual(a, b, true),
    isArray: Array.isArray,
    debuglog: () => Object.assign(() => {}, { enabled: false }),
    styleText: (style, text) => String(text),
    toUSVString: (text) => String(text).toWellFormed(),
    stripVTControlCharacters: (text) => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, ''),
    types: {
      isDate: isTagged('Date'), isRegExp: isTagged('RegExp'), isMap: (value) => value instanceof Map, isSet: (value) => value instanceof Set,
      isPromise: (value) => value instanceof Promise, isNativeError: (value) => value instanceof Error, isTypedArray: (value) => ArrayBuffer.isView(value) && !(value instanceof DataView),
      isUint8Array: (value) => value instanceof Uint8Array, isArrayBuffer: (value) => value instanceof ArrayBuffer, isProxy: (value) => native.proxyParts(value) !== undefined,
      isGeneratorFunction: isTagged('GeneratorFunction'), isAsyncFunction: isTagged('AsyncFunction'),
    },
  };

  // ---- assert ----

  class AssertionError extends Error {
    constructor({ message, actual, expected, operator }) {
      super(message);
      Object.assign(this, { code: 'ERR_ASSERTION', actual, expected, operator });
    }
    get name() { return 'AssertionError'; }
  }
  function refuse(message, usual, actual, expected, operator) {
    if (message instanceof Error) throw message;
    throw new AssertionError({ message: message ?? usual, actual, expected, operator });
  }
  function matches(error, expected) {
    if (expected === undefined) return true;
    if (expected instanceof RegExp) return expected.test(sbx.errorHead(error));
    if (typeof expected === 'function') return expected.prototype !== undefined && error instanceof expected ? true : !Error.isPrototypeOf(expected) && expected.call({}, error) === true;
    return Object.keys(expected).every((key) => (expected[key] instanceof RegExp && typeof error[key] === 'string' ? expected[key].test(error[key]) : isDeepEqual(error[key], expected[key], true)));
  }
  const SIGNS = { '==': '!=', '!=': '==', strictEqual: '!==', notStrictEqual: '===' };
  const comparison = (operator, phrase, test) => function (actual, expected, message) {
    if (!test(actual, expected)) refuse(message, `${phrase}:\n\n${inspect(actual)} ${SIGNS[operator] ?? (operator.startsWith('not') ? 'equals' : 'should equal')} ${inspect(expected)}\n`, actual, expected, operator);
  };
  function ok(value, message) {
    if (!value) refuse(message, 'The expression evaluated to a falsy value', value, true, '==');
  }
  const assert = Object.assign(function assert(value, message) { ok(value, message); }, {
    ok, AssertionError,
    fail(message = 'Failed') { refuse(message, 'Failed', undefined, undefined, 'fail'); },
    equal: comparison('==', 'Expected values to be loosely equal', (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b))),
    notEqual: comparison('!=', 'Expected values not to be loosely equal', (a, b) => a != b),
    strictEqual: comparison('strictEqual', 'Expected values to be strictly equal', Object.is),
    notStrictEqual: comparison('notStrictEqual', 'Expected values not to be strictly equal', (a, b) => !Object.is(a, b)),
    deepEqual: comparison('deepEqual', 'Expected values to be loosely deep-equal', (a, b) => isDeepEqual(a, b, false)),
    deepStrictEqual: comparison('deepStrictEqual', 'Expected values to be strictly deep-equal', (a, b) => isDeepEqual(a, b, true)),
    notDeepEqual: comparison('notDeepEqual', 'Expected values not to be loosely deep-equal', (a, b) => !isDeepEqual(a, b, false)),
    notDeepStrictEqual: comparison('notDeepStrictEqual', 'Expected values not to be strictly deep-equal', (a, b) => !isDeepEqual(a, b, true)),
    match(text, pattern, message) { if (!pattern.test(text)) refuse(message, `The input did not match the regular expression ${pattern}. Input:\n\n${inspect(text)}\n`, text, pattern, 'match'); },
    doesNotMatch(text, pattern, message) { if (pattern.test(text)) refuse(message, `The input was expected to not match the regular expression ${pattern}`, text, pattern, 'doesNotMatch'); },
    throws(call, expected, message) {
      let error;
      try {
        call();
      } catch (caught) {
        error = { caught };
      }
      if (!error) refuse(typeof expected === 'string' ? expected : message, 'Missing expected exception.', undefined, expected, 'throws');
      if (typeof expected !== 'string' && !matches(error.caught, expected)) throw error.caught;
    },
    doesNotThrow(call) { call(); },
    async rejects(promise, expected, message) {
      let error;
      try {
        await (typeof promise === 'function' ? promise() : promise);
      } catch (caught) {
        error = { caught };
      }
      if (!error) refuse(message, 'Missing expected rejection.', undefined, expected, 'rejects');
      if (typeof expected !== 'string' && !matches(error.caught, expected)) throw error.caught;
    },
    async doesNotReject(promise) { await (typeof promise === 'function' ? promise() : promise); },
    ifError(value) { if (value !== null && value !== undefined) throw value; },
  });
  assert.strict = Object.assign(function strict(value, message) { ok(value, message); }, assert, { equal: assert.strictEqual, notEqual: assert.notStrictEqual, deepEqual: assert.deepStrictEqual, notDeepEqual: assert.notDeepStrictEqual });
  assert.strict.strict = assert.strict;

  // ---- os, readline, timers, url, crypto ----

  const os = {
    EOL: '\n', platform: () => 'wasi', type: () => 'WASI', arch: () => 'wasm32', release: () => '0.1', hostname: () => 'sandbox', homedir: () => '/app',
    tmpdir: () => '/tmp', cpus: () => [], loadavg: () => [0, 0, 0], totalmem: () => native.memory(), freemem: () => 0, uptime: () => performance.now() / 1000,
    endianness: () => 'LE', availableParallelism: () => 1, networkInterfaces: () => ({}), userInfo: () => ({ uid: 0, gid: 0, username: 'sandbox', homedir: '/app', shell: null }),
    constants: { signals: {}, errno: {} },
  };

  // Lines of a stream. They are kept until someone wants them: a question, a loop, or a listener.
  class Interface extends EventEmitter {
    #lines = [];
    #text = '';
    #questions = [];
    #wakers = [];
    #isRead = false;
    // Whether lines are asked for one by one, by questions or a loop: then none is dropped.
    #isIterated = false;
    #isAsked = false;
    constructor({ input = process.stdin, output } = {}) {
      super();
      Object.assign(this, { terminal: false, line: '', closed: false });
      Object.defineProperty(this, 'input', { value: input });
      Object.defineProperty(this, 'output', { value: output });
      const decoder = new TextDecoder();
      input.on('data', (piece) => this.#add(typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })));
      input.on('end', () => {
        this.#add(decoder.decode());
        if (this.#text !== '') this.#lines.push(this.#text);
        this.#text = '';
        this.#isRead = true;
        this.#pass();
      });
      input.on('error', (error) => this.emit('error', error));
    }
    #add(text) {
      const lines = (this.#text + text).split(/\r\n|\n|\r(?!$)/);
      this.#text = lines.pop();
      this.#lines.push(...lines);
      this.#pass();
    }
    // To whom lines go, in this order; closes when all have come and are gone.
    #pass() {
      while (!this.closed && this.#lines.length > 0) {
        if (this.#questions.length > 0) this.#questions.shift()(this.#lines.shift());
        else if (!this.#isIterated && this.listenerCount('line') > 0) this.emit('line', this.#lines.shift());
        else break;
      }
      for (const wake of this.#wakers.splice(0)) wake();
      if (!this.#isRead) return;
      for (const answer of this.#questions.splice(0)) answer('');
      if (this.#lines.length === 0 || (!this.#isIterated && !this.#isAsked && this.listenerCount('close') > 0)) this.close();
    }
    on(name, listener) {
      super.on(name, listener);
      if (name === 'line') setImmediate(() => this.#pass());
      return this;
    }
    question(query, options, callback) {
      this.output?.write(query);
      const done = typeof options === 'function' ? options : callback;
      this.#isAsked = true;
      return new Promise((resolve) => {
        const answer = (line) => {
          resolve(line);
          done?.(line);
        };
        this.#questions.push(answer);
        if (this.closed) setImmediate(() => { for (const each of this.#questions.splice(0)) each(''); });
        else if (this.#lines.length > 0 || this.#isRead) setImmediate(() => this.#pass());
      });
    }
    setPrompt() {}
    prompt() {}
    write() {}
    pause() { return this; }
    resume() { return this; }
    close() {
      if (this.closed) return;
      this.closed = true;
      for (const wake of this.#wakers.splice(0)) wake();
      this.emit('close');
    }
    async *[Symbol.asyncIterator]() {
      this.#isIterated = true;
      try {
        for (;;) {
          if (this.#lines.length > 0) yield this.#lines.shift();
          else if (this.#isRead || this.closed) return;
          else await new Promise((resolve) => { this.#wakers.push(resolve); });
        }
      } finally {
        this.close();
      }
    }
    [Symbol.dispose]() { this.close(); }
  }
  const createInterface = (options, output) => new Interface(options instanceof Readable ? { input: options, output } : options);

  const toFile = (url) => sbx.pathOf(url instanceof URL ? url : new URL(url));
  const randomBytes = (size) => {
    const bytes = Buffer.alloc(size);
    native.random(bytes);
    return bytes;
  };
  function randomInt(low, high) {
    if (high === undefined || typeof high === 'function') [low, high] = [0, low];
    const range = high - low;
    if (!Number.isSafeInteger(range) || range <= 0 || range > 2 ** 48) throw coded(RangeError, 'ERR_OUT_OF_RANGE', 'The value of "max" is out of range');
    const limit = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      const drawn = randomBytes(6).readUInt16BE(0) * 2 ** 32 + randomBytes(4).readUInt32BE(0);
      if (drawn < limit) return low + (drawn % range);
    }
  }

  const wait = (ms, value, options) => new Promise((resolve, reject) => {
    options?.signal?.throwIfAborted();
    const timer = setTimeout(resolve, ms, value);
    options?.signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(coded(Error, 'ABORT_ERR', 'The operation was aborted', { name: 'AbortError', cause: options.signal.reason }));
    }, { once: true });
  });

  const timers = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
  sbx.builtins = {
    __proto__: null,
    assert, 'assert/strict': assert.strict, buffer: { Buffer, Blob, File, atob, btoa, constants: { MAX_LENGTH: 2 ** 30 } },
    crypto: { ...sbx.hashes, webcrypto: crypto, subtle: crypto.subtle, randomUUID: () => crypto.randomUUID(), getRandomValues: (array) => crypto.getRandomValues(array), randomBytes, randomInt, randomFillSync: (buffer) => { native.random(bytesOf(buffer)); return buffer; } },
    events: EventEmitter, fs, 'fs/promises': fs.promises, os, path: sbx.path, 'path/posix': sbx.path, perf_hooks: { performance }, process,
    stream: sbx.stream, 'stream/promises': sbx.stream.promises, 'stream/web': sbx.webStreams,
    querystring: {
      parse(text) {
        const parsed = Object.create(null);
        for (const [name, value] of new URLSearchParams(text)) parsed[name] = name in parsed ? [parsed[name], value].flat() : value;
        return parsed;
      },
      stringify: (object) => Object.entries(object).flatMap(([name, value]) => [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`)).join('&'),
      escape: encodeURIComponent, unescape: decodeURIComponent,
    },
    readline: { createInterface, Interface, promises: { createInterface, Interface } }, 'readline/promises': { createInterface, Interface },
    string_decoder: { StringDecoder: class StringDecoder {
      #decoder;
      constructor(encoding = 'utf8') { this.#decoder = new TextDecoder(encoding === 'utf8' ? 'utf-8' : encoding); }
      write(bytes) { return this.#decoder.decode(bytes, { stream: true }); }
      end(bytes) { return this.#decoder.decode(bytes); }
    } },
    timers, 'timers/promises': { setTimeout: wait, setImmediate: (value) => new Promise((resolve) => { setImmediate(resolve, value); }), scheduler: { wait } },
    url: { URL, URLSearchParams, fileURLToPath: toFile, pathToFileURL: (file) => new URL(`file://${sbx.pathOf(file).split('/').map(encodeURIComponent).join('/')}`) },
    util, 'util/types': util.types,
  };

  Object.assign(sbx, {
    sayGoodbye,
    onUnhandledRejection: (reason, promise) => process.listenerCount('unhandledRejection') > 0 && process.emit('unhandledRejection', reason, promise),
    onUncaughtException: (error) => process.listenerCount('uncaughtException') > 0 && process.emit('uncaughtException', error, 'uncaughtException'),
    resetProcess({ argv, env, stdinIsNew }) {
      if (argv) process.argv = argv;
      if (env) process.env = { ...BASE_ENV, ...env };
      if (stdinIsNew) process.stdin = new Input();
      process.exitCode = undefined;
      sbx.metEmptyInput = false;
    },
  });
});
