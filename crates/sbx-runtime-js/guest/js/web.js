// What browsers and servers have in common: encodings, clones, randomness, clocks, events, aborting.
(function (sbx) {
  'use strict';
  const { native, define } = sbx;

  function bytesOf(source) {
    if (source instanceof Uint8Array) return source;
    if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) return new Uint8Array(source);
    throw new TypeError('The argument must be an ArrayBuffer or a view of one');
  }

  const encode = (text) => native.encode(text.toWellFormed());

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return encode(String(text)); }
    encodeInto(text, target) {
      let read = 0;
      let written = 0;
      for (const char of String(text)) {
        const bytes = encode(char);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += char.length;
      }
      return { read, written };
    }
  }

  const LATIN1 = new Set(['latin1', 'iso-8859-1', 'ascii', 'us-ascii', 'windows-1252', 'iso8859-1', 'l1', 'binary']);
  const UTF16 = new Set(['utf-16le', 'utf-16', 'ucs-2', 'utf16le', 'ucs2']);

  // How many bytes at the end begin a character of UTF-8 that is not complete.
  function incompleteTail(bytes) {
    for (let back = 1; back <= 3 && back <= bytes.length; back++) {
      const byte = bytes[bytes.length - back];
      if ((byte & 0xc0) === 0x80) continue;
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
      return needed > back ? back : 0;
    }
    return 0;
  }

  class TextDecoder {
    #kind;
    #held = new Uint8Array(0);
    #isStarted = false;
    constructor(label = 'utf-8', options = {}) {
      const name = String(label).trim().toLowerCase();
      if (/^utf-?8$|^unicode-1-1-utf-8$/.test(name)) this.#kind = 'utf-8';
      else if (LATIN1.has(name)) this.#kind = 'windows-1252';
      else if (UTF16.has(name)) this.#kind = 'utf-16le';
      else throw new RangeError(`The "${label}" encoding is not supported`);
      Object.defineProperty(this, 'encoding', { value: this.#kind, enumerable: true });
      Object.defineProperty(this, 'fatal', { value: Boolean(options?.fatal), enumerable: true });
      Object.defineProperty(this, 'ignoreBOM', { value: Boolean(options?.ignoreBOM), enumerable: true });
    }
    decode(source, options) {
      let bytes = source === undefined ? new Uint8Array(0) : bytesOf(source);
      if (this.#held.length > 0) {
        const joined = new Uint8Array(this.#held.length + bytes.length);
        joined.set(this.#held);
        joined.set(bytes, this.#held.length);
        bytes = joined;
      }
      const isStream = Boolean(options?.stream);
      const n_held = !isStream ? 0 : this.#kind === 'utf-8' ? incompleteTail(bytes) : this.#kind === 'utf-16le' ? bytes.length % 2 : 0;
      this.#held = bytes.slice(bytes.length - n_held);
      bytes = bytes.subarray(0, bytes.length - n_held);
      let text = this.#text(bytes);
      if (!this.#isStarted && !this.ignoreBOM && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      this.#isStarted = isStream && (this.#isStarted || bytes.length > 0);
      return text;
    }
    #text(bytes) {
      if (this.#kind === 'windows-1252') return binaryText(bytes);
      if (this.#kind === 'utf-16le') {
        let text = '';
        for (let at = 0; at + 1 < bytes.length; at += 2) text += String.fromCharCode(bytes[at] | (bytes[at + 1] << 8));
        return bytes.length % 2 ? `${text}\ufffd` : text;
      }
      if (this.fatal && !native.isUtf8(bytes)) {
        const error = new TypeError('The encoded data was not valid for encoding utf-8');
        error.code = 'ERR_ENCODING_INVALID_ENCODED_DATA';
        throw error;
      }
      return native.decode(bytes);
    }
  }

  function binaryText(bytes) {
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192));
    return text;
  }

  // ---- structuredClone, as the HTML standard has it ----

  const uncloneable = (value) => new DOMException(`${typeof value === 'object' ? sbx.inspect(value, { depth: 0 }) : String(value)} could not be cloned.`, 'DataCloneError');
  const ERROR_TYPES = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

  function cloneValue(value, seen) {
    if (typeof value === 'symbol' || typeof value === 'function') throw uncloneable(value);
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (copy) => {
      seen.set(value, copy);
      return copy;
    };
    if (Array.isArray(value)) return cloneMembers(value, keep(new Array(value.length)), seen);
    if (value instanceof Date) return keep(new Date(value.getTime()));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof Map) {
      const copy = keep(new Map());
      for (const [key, held] of [...Map.prototype.entries.call(value)]) copy.set(cloneValue(key, seen), cloneValue(held, seen));
      return copy;
    }
    if (value instanceof Set) {
      const copy = keep(new Set());
      for (const item of [...Set.prototype.values.call(value)]) copy.add(cloneValue(item, seen));
      return copy;
    }
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (ArrayBuffer.isView(value)) return keep(cloneView(value, seen));
    if (value instanceof Error) return cloneError(value, keep, seen);
    for (const box of [Number, String, Boolean, BigInt]) if (value instanceof box) return keep(Object(value.valueOf()));
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) throw uncloneable(value);
    return cloneMembers(value, keep({}), seen);
  }

  function cloneMembers(value, copy, seen) {
    for (const key of Object.keys(value)) copy[key] = cloneValue(value[key], seen);
    return copy;
  }

  function cloneView(value, seen) {
    const buffer = cloneValue(value.buffer, seen);
    const type = value instanceof DataView ? DataView : globalThis[Object.getPrototypeOf(Uint8Array.prototype)[Symbol.toStringTag] ?? value[Symbol.toStringTag]];
    return new type(buffer, value.byteOffset, value instanceof DataView ? value.byteLength : value.length);
  }

  function cloneError(value, keep, seen) {
    const type = Object.hasOwn(ERROR_TYPES, value.name) ? ERROR_TYPES[value.name] : Error;
    const copy = keep(new type(value.message));
    Object.defineProperty(copy, 'stack', { value: value.stack, writable: true, configurable: true });
    if (Object.hasOwn(value, 'cause')) Object.defineProperty(copy, 'cause', { value: cloneValue(value.cause, seen), writable: true, configurable: true });
    return copy;
  }

  define('TextEncoder', TextEncoder);
  define('TextDecoder', TextDecoder);
  define('structuredClone', function structuredClone(value, options) {
    const seen = new Map();
    for (const buffer of options?.transfer ?? []) {
      if (!(buffer instanceof ArrayBuffer) || seen.has(buffer)) throw uncloneable(buffer);
      seen.set(buffer, buffer.transfer());
    }
    return cloneValue(value, seen);
  });

  // ---- randomness: always the system's, so that restored copies of one state differ ----

  const RANDOM_TYPES = new Set(['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array']);
  const crypto = {
    getRandomValues(array) {
      if (!ArrayBuffer.isView(array) || !RANDOM_TYPES.has(array[Symbol.toStringTag])) throw new DOMException('The argument must be an integer typed array', 'TypeMismatchError');
      if (array.byteLength > 65536) throw new DOMException(`The requested length exceeds 65,536 bytes`, 'QuotaExceededError');
      native.random(bytesOf(array));
      return array;
    },
    randomUUID() {
      const bytes = new Uint8Array(16);
      native.random(bytes);
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
  define('crypto', crypto);

  // ---- performance ----

  let originMs = 0;
  let wallOriginMs = 0;
  let marks = new Map();
  const performance = {
    now: () => native.now() - originMs,
    get timeOrigin() { return wallOriginMs; },
    mark(name) {
      marks.set(String(name), performance.now());
      return { name: String(name), entryType: 'mark', startTime: marks.get(String(name)), duration: 0 };
    },
    measure(name, from, to) {
      const [start, end] = [marks.get(String(from)) ?? 0, marks.get(String(to)) ?? performance.now()];
      return { name: String(name), entryType: 'measure', startTime: start, duration: end - start };
    },
    clearMarks() { marks = new Map(); },
    toJSON: () => ({ timeOrigin: wallOriginMs }),
  };
  define('performance', performance);
  sbx.resetClock = () => {
    marks = new Map();
    originMs = native.now();
    wallOriginMs = Date.now();
  };

  // ---- events and aborting ----

  class Event {
    #stopped = false;
    constructor(type, options = {}) {
      this.type = String(type);
      this.bubbles = Boolean(options.bubbles);
      this.cancelable = Boolean(options.cancelable);
      this.defaultPrevented = false;
      this.target = null;
      this.currentTarget = null;
      this.timeStamp = performance.now();
    }
    preventDefault() { if (this.cancelable) this.defaultPrevented = true; }
    stopPropagation() {}
    stopImmediatePropagation() { this.#stopped = true; }
    static isStopped(event) { return event.#stopped; }
  }
  const { isStopped } = Event;
  delete Event.isStopped;
  class CustomEvent extends Event {
    constructor(type, options = {}) {
      super(type, options);
      this.detail = options.detail ?? null;
    }
  }
  class EventTarget {
    #listeners = new Map();
    addEventListener(type, listener, options) {
      if (listener === null || listener === undefined) return;
      const list = this.#listeners.get(type) ?? [];
      if (list.some((entry) => entry.listener === listener)) return;
      const once = typeof options === 'object' && options !== null && Boolean(options.once);
      this.#listeners.set(type, [...list, { listener, once }]);
      if (typeof options === 'object' && options?.signal) options.signal.addEventListener('abort', () => this.removeEventListener(type, listener), { once: true });
    }
    removeEventListener(type, listener) {
      this.#listeners.set(type, (this.#listeners.get(type) ?? []).filter((entry) => entry.listener !== listener));
    }
    dispatchEvent(event) {
      event.target = event.currentTarget = this;
      const handler = this[`on${event.type}`];
      if (typeof handler === 'function') handler.call(this, event);
      for (const { listener, once } of this.#listeners.get(event.type) ?? []) {
        if (isStopped(event)) break;
        if (once) this.removeEventListener(event.type, listener);
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      }
      return !event.defaultPrevented;
    }
  }

  let signalsMayBeMade = false;
  class AbortSignal extends EventTarget {
    #reason;
    #isAborted = false;
    constructor() {
      if (!signalsMayBeMade) throw new TypeError('Illegal constructor');
      super();
      this.onabort = null;
    }
    get aborted() { return this.#isAborted; }
    get reason() { return this.#reason; }
    throwIfAborted() { if (this.#isAborted) throw this.#reason; }
    static abort(reason) {
      const controller = new AbortController();
      controller.abort(reason);
      return controller.signal;
    }
    static timeout(ms) {
      const controller = new AbortController();
      sbx.schedule(() => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')), ms, [], false).unref();
      return controller.signal;
    }
    static any(signals) {
      const controller = new AbortController();
      for (const signal of signals) {
        if (signal.aborted) controller.abort(signal.reason);
        else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
      }
      return controller.signal;
    }
    static abortWith(signal, reason) {
      if (signal.#isAborted) return;
      signal.#isAborted = true;
      signal.#reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
      signal.dispatchEvent(new Event('abort'));
    }
  }
  const { abortWith } = AbortSignal;
  delete AbortSignal.abortWith;
  class AbortController {
    constructor() {
      signalsMayBeMade = true;
      this.signal = new AbortSignal();
      signalsMayBeMade = false;
    }
    abort(reason) { abortWith(this.signal, reason); }
  }

  for (const type of [Event, CustomEvent, EventTarget, AbortSignal, AbortController]) define(type.name, type);
  // Engines of the web have it; here scripts end when nothing is left to do.
  if (globalThis.queueMicrotask === undefined) {
    define('queueMicrotask', function queueMicrotask(callback) {
      if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function');
      Promise.resolve().then(() => { callback(); });
    });
  }

  Object.assign(sbx, { bytesOf, encode, binaryText });
});
