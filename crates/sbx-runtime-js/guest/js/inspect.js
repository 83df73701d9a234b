// Values as text, in the form that Node's `util.inspect` gives them: models and people know how to read that.
//
// The way lines are broken and arrays are grouped follows Node's lib/internal/util/inspect.js (MIT).
(function (sbx) {
  'use strict';
  const { native } = sbx;
  const { getOwnPropertyDescriptor, getPrototypeOf, keys: ownKeys } = Object;
  const LINE_WIDTH = 80;
  const MAX_ITEMS = 100;
  const MAX_STRING = 10000;
  const COMPACT_LEVELS = 3;
  const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
  const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
  const TypedArray = getPrototypeOf(Uint8Array);

  const ESCAPES = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' };

  function quote(text) {
    const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') && !text.includes('${') ? '`' : "'";
    let quoted = mark;
    for (const char of text) {
      const code = char.codePointAt(0);
      if (ESCAPES[char]) quoted += ESCAPES[char];
      else if (char === mark) quoted += '\\' + char;
      else if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) quoted += '\\x' + code.toString(16).toUpperCase().padStart(2, '0');
      else if (code >= 0xd800 && code <= 0xdfff) quoted += '\\u' + code.toString(16);
      else quoted += char;
    }
    return quoted + mark;
  }

  function primitive(value) {
    switch (typeof value) {
      case 'string':
        return value.length > MAX_STRING
          ? `${quote(value.slice(0, MAX_STRING))}... ${plural(value.length - MAX_STRING, 'more character')}`
          : quote(value);
      case 'number': return Object.is(value, -0) ? '-0' : String(value);
      case 'bigint': return `${value}n`;
      default: return String(value);
    }
  }

  const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

  // Whether `value` is an object of this kind inside, whatever its prototype says: asks a method that checks.
  function has(brand, value) {
    try {
      brand.call(value);
      return true;
    } catch {
      return false;
    }
  }
  const getter = (object, name) => getOwnPropertyDescriptor(object, name).get;
  const mapSize = getter(Map.prototype, 'size');
  const setSize = getter(Set.prototype, 'size');
  const bufferLength = getter(ArrayBuffer.prototype, 'byteLength');
  const regExpSource = getter(RegExp.prototype, 'source');
  const viewName = getter(TypedArray.prototype, Symbol.toStringTag);
  const { getTime, toISOString } = Date.prototype;

  function constructorName(value) {
    for (let object = value; object !== null; object = getPrototypeOf(object)) {
      const constructor = getOwnPropertyDescriptor(object, 'constructor');
      if (constructor && typeof constructor.value === 'function' && constructor.value.name !== '') {
        return String(constructor.value.name);
      }
    }
    return null;
  }

  function toStringTag(value, name) {
    let tag;
    try {
      tag = value[Symbol.toStringTag];
    } catch {
      return '';
    }
    return typeof tag === 'string' && tag !== '' && tag !== name ? tag : '';
  }

  class Inspector {
    constructor(options) {
      const { depth } = options;
      this.maxDepth = depth === null ? Infinity : depth === undefined ? 2 : Number(depth);
      this.showHidden = options.showHidden === true;
      this.maxItems = options.maxArrayLength === null ? Infinity : options.maxArrayLength ?? MAX_ITEMS;
      this.width = options.breakLength ?? LINE_WIDTH;
      this.compact = options.compact === false ? 0 : options.compact === true ? Infinity : typeof options.compact === 'number' ? options.compact : COMPACT_LEVELS;
      this.sorted = options.sorted === true;
      this.seen = [];
      this.circular = new Map();
      this.indent = 0;
      this.level = 0;
      this.deepest = 0;
    }

    value(value, isTyped = false) {
      if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
        return isTyped && typeof value !== 'string' ? String(value) : primitive(value);
      }
      const proxy = native.proxyParts(value);
      if (proxy) return this.value(proxy[0]);
      const custom = this.custom(value);
      if (custom !== undefined) return custom;
      if (this.seen.includes(value)) {
        if (!this.circular.has(value)) this.circular.set(value, this.circular.size + 1);
        return `[Circular *${this.circular.get(value)}]`;
      }
      return this.object(value);
    }

    custom(value) {
      const method = value[CUSTOM];
      if (typeof method !== 'function' || method === inspect) return undefined;
      const depth = this.maxDepth - this.level;
      const made = method.call(value, depth, { depth }, inspect);
      if (made === value) return undefined;
      return typeof made === 'string' ? made.replaceAll('\n', `\n${' '.repeat(this.indent)}`) : this.value(made);
    }

    object(value) {
      const shape = this.shape(value);
      if (shape.size === 0 && shape.keys.length === 0) return `${shape.open}${shape.close}`;
      if (this.level > this.maxDepth && !(shape.base && shape.keys.length === 0)) {
        return shape.isError ? shape.base : Array.isArray(value) ? '[Array]' : `[${shape.name ?? `${shape.fallback}: null prototype`}]`;
      }
      this.seen.push(value);
      this.deepest = this.level;
      this.level++;
      this.indent += 2;
      let output;
      try {
        output = shape.items(this);
        for (const key of shape.keys) output.push(this.property(value, key, shape));
      } finally {
        this.indent -= 2;
        this.level--;
        this.seen.pop();
      }
      let { base, open } = shape;
      if (output.length === 0 && !shape.keepsBraces && base) open = null;
      const mark = this.circular.has(value) ? `<ref *${this.circular.get(value)}> ` : '';
      if (open === null) return mark + base;
      if (output.length === 0) return `${mark}${base ? `${base} ` : ''}${open}${shape.close}`;
      if (this.sorted) output.sort();
      return this.join(output, shape, mark, value);
    }

    join(output, { base, open, close, isArray }, mark, value) {
      const n_entries = output.length;
      if (this.compact && isArray && n_entries > 6) output = this.group(output, value);
      const start = mark + (base ? `${base} ` : '') + open;
      if (this.deepest - this.level < this.compact && n_entries === output.length) {
        const length = output.length + start.length + 10 + this.indent + output.reduce((sum, text) => sum + text.length, 0);
        const joined = output.join(', ');
        if (length + output.length <= this.width && !joined.includes('\n') && !(base && base.includes('\n'))) {
          return `${start} ${joined} ${close}`;
        }
      }
      const line = `\n${' '.repeat(this.indent)}`;
      return `${start}${line}  ${output.join(`,${line}  `)}${line}${close}`;
    }

    // Short entries of a long array in columns.
    group(output, value) {
      const hasMore = value !== undefined && output.length > this.maxItems;
      const length = hasMore ? output.length - 1 : output.length;
      const lengths = output.slice(0, length).map((text) => text.length);
      const total = lengths.reduce((sum, each) => sum + each + 2, 0);
      const widest = Math.max(0, ...lengths) + 2;
      if (widest * 3 + this.indent >= this.width || (total / widest <= 5 && widest - 2 > 6)) return output;
      const bias = Math.max(widest - 3 - Math.sqrt(widest - total / output.length), 1);
      const columns = Math.min(
        Math.round(Math.sqrt(2.5 * bias * length) / bias),
        Math.floor((this.width - this.indent) / widest),
        this.compact * 4,
        15,
      );
      if (columns <= 1) return output;
      const widths = [];
      for (let column = 0; column < columns; column++) {
        let width = 0;
        for (let index = column; index < length; index += columns) width = Math.max(width, lengths[index]);
        widths.push(width + 2);
      }
      const isNumeric = value !== undefined && Array.prototype.every.call(value, (item) => typeof item === 'number' || typeof item === 'bigint');
      const lines = [];
      for (let first = 0; first < length; first += columns) {
        const last = Math.min(first + columns, length) - 1;
        let text = '';
        for (let index = first; index < last; index++) {
          const cell = `${output[index]}, `;
          text += isNumeric ? cell.padStart(widths[index - first]) : cell.padEnd(widths[index - first]);
        }
        text += isNumeric ? output[last].padStart(widths[last - first] - 2) : output[last];
        lines.push(text);
      }
      if (hasMore) lines.push(output[length]);
      return lines;
    }

    property(value, key, { isArray }) {
      const { value: held, get, set, enumerable } = getOwnPropertyDescriptor(value, key) ?? { value: value[key], enumerable: true };
      let text;
      if (get) text = set ? '[Getter/Setter]' : '[Getter]';
      else if (set) text = '[Setter]';
      else text = this.value(held);
      let name = typeof key === 'symbol' ? `[${String(key)}]` : IDENTIFIER.test(key) ? key : quote(key);
      if (!enumerable) name = `[${typeof key === 'symbol' ? String(key) : key}]`;
      return isArray && typeof key !== 'symbol' && enumerable === undefined ? text : `${name}: ${text}`;
    }

    // What kind of object it is: its name, what stands before its braces, its items, its keys.
    shape(value) {
      const name = constructorName(value);
      const tag = toStringTag(value, name);
      let keys = this.showHidden ? Object.getOwnPropertyNames(value) : ownKeys(value);
      const symbols = Object.getOwnPropertySymbols(value);
      keys = keys.concat(this.showHidden ? symbols : symbols.filter((symbol) => getOwnPropertyDescriptor(value, symbol).enumerable));
      const shape = { name, fallback: 'Object', base: '', open: '{', close: '}', keys, items: () => [], size: undefined, isArray: false, isError: false, keepsBraces: false };
      const prefix = (fallback, size) => {
        shape.fallback = fallback;
        const sized = size === undefined ? '' : `(${size})`;
        return `${name === null ? `[${fallback}${sized}: null prototype]` : name + sized}${tag ? ` [${tag}]` : ''} `;
      };
      const notIndex = () => { shape.keys = keys.filter((key) => typeof key === 'symbol' || !/^(0|[1-9][0-9]*)$/.test(key)); };
      if (Array.isArray(value)) {
        Object.assign(shape, { isArray: true, open: name === 'Array' && !tag ? '[' : `${prefix('Array', value.length)}[`, close: ']', keepsBraces: true, size: value.length, items: (to) => to.array(value) });
        notIndex();
      } else if (has(viewName, value) && viewName.call(value) !== undefined) {
        Object.assign(shape, { isArray: true, open: `${prefix(viewName.call(value), value.length)}[`, close: ']', keepsBraces: true, size: value.length, items: (to) => to.typed(value) });
        notIndex();
      } else if (has(mapSize, value)) {
        Object.assign(shape, { open: `${prefix('Map', mapSize.call(value))}{`, keepsBraces: true, size: mapSize.call(value), items: (to) => to.map(value) });
      } else if (has(setSize, value)) {
        Object.assign(shape, { open: `${prefix('Set', setSize.call(value))}{`, keepsBraces: true, size: setSize.call(value), items: (to) => to.set(value) });
      } else if (typeof value === 'function') {
        shape.base = functionText(value, name, tag);
      } else if (value instanceof Error) {
        this.error(value, shape);
      } else if (has(regExpSource, value) && value !== RegExp.prototype) {
        shape.base = RegExp.prototype.toString.call(value);
      } else if (has(getTime, value)) {
        shape.base = Number.isNaN(getTime.call(value)) ? 'Invalid Date' : toISOString.call(value);
      } else if (value instanceof Promise) {
        Object.assign(shape, { open: `${prefix('Promise')}{`, keepsBraces: true, items: (to) => to.promise(value) });
      } else if (has(bufferLength, value)) {
        Object.assign(shape, { open: `${prefix('ArrayBuffer')}{`, keepsBraces: true, items: (to) => to.bytes(value) });
      } else if (value instanceof WeakMap || value instanceof WeakSet) {
        Object.assign(shape, { open: `${prefix(name)}{`, keepsBraces: true, items: () => ['<items unknown>'] });
      } else {
        this.boxedOrPlain(value, shape, prefix, tag);
      }
      return shape;
    }

    boxedOrPlain(value, shape, prefix, tag) {
      const boxes = [['Number', Number], ['String', String], ['Boolean', Boolean], ['Symbol', Symbol], ['BigInt', BigInt]];
      for (const [kind, type] of boxes) {
        if (!has(type.prototype.valueOf, value) || value === type.prototype) continue;
        const text = primitive(type.prototype.valueOf.call(value));
        shape.base = `[${kind}${shape.name !== kind ? ` (${shape.name ?? 'null prototype'})` : ''}: ${text}]`;
        if (kind === 'String') shape.keys = shape.keys.filter((key) => typeof key === 'symbol' || !/^[0-9]+$/.test(key));
        return;
      }
      const isPlain = shape.name === 'Object' && !tag;
      const isArguments = Object.prototype.toString.call(value) === '[object Arguments]';
      Object.assign(shape, { open: isArguments ? '[Arguments] {' : isPlain ? '{' : `${prefix('Object')}{`, size: 0 });
    }

    array(value) {
      const output = [];
      const length = Math.min(value.length, Number.isFinite(this.maxItems) ? this.maxItems : value.length);
      let shown = 0;
      let index = 0;
      for (; index < value.length && shown < length; shown++) {
        if (index in value) {
          output.push(this.value(value[index++]));
          continue;
        }
        const first = index;
        while (index < value.length && !(index in value)) index++;
        output.push(`<${plural(index - first, 'empty item')}>`);
      }
      if (index < value.length) output.push(`... ${plural(value.length - index, 'more item')}`);
      return output;
    }

    typed(value) {
      const length = Math.min(value.length, this.maxItems);
      const output = [];
      for (let index = 0; index < length; index++) output.push(primitive(value[index]));
      if (value.length > length) output.push(`... ${plural(value.length - length, 'more item')}`);
      return output;
    }

    map(value) {
      const output = [];
      for (const [key, held] of Map.prototype.entries.call(value)) {
        if (output.length >= this.maxItems) return [...output, `... ${plural(mapSize.call(value) - output.length, 'more item')}`];
        output.push(`${this.value(key)} => ${this.value(held)}`);
      }
      return output;
    }

    set(value) {
      const output = [];
      for (const item of Set.prototype.values.call(value)) {
        if (output.length >= this.maxItems) return [...output, `... ${plural(setSize.call(value) - output.length, 'more item')}`];
        output.push(this.value(item));
      }
      return output;
    }

    promise(value) {
      const [state, result] = native.promiseState(value);
      return [state === 0 ? '<pending>' : `${state === 2 ? '<rejected> ' : ''}${this.value(result)}`];
    }

    bytes(value) {
      const length = bufferLength.call(value);
      const shown = [...new Uint8Array(value, 0, Math.min(length, 50))].map((byte) => byte.toString(16).padStart(2, '0'));
      const more = length > 50 ? ` ... ${plural(length - 50, 'more byte')}` : '';
      return [`[Uint8Contents]: <${shown.join(' ')}${more}>`, `byteLength: ${length}`];
    }

    error(value, shape) {
      shape.isError = true;
      const head = errorHead(value);
      const stack = cleanStack(value);
      const text = stack ? `${head}\n${stack}` : `[${head}]`;
      shape.base = text.replaceAll('\n', `\n${' '.repeat(this.indent)}`);
      shape.keys = shape.keys.filter((key) => key !== 'stack' && key !== 'message' && !(key === 'name' && head.includes(String(value.name))));
      if (Object.hasOwn(value, 'cause') && !shape.keys.includes('cause')) shape.keys.push('cause');
      if (Array.isArray(value.errors) && !shape.keys.includes('errors')) shape.keys.push('errors');
    }
  }

  function functionText(value, name, tag) {
    const source = Function.prototype.toString.call(value);
    if (source.startsWith('class') && source.endsWith('}')) {
      const parent = getPrototypeOf(value);
      return `[class ${value.name || '(anonymous)'}${parent !== null && parent.name ? ` extends ${parent.name}` : ''}]`;
    }
    const kind = name === null ? 'Function (null prototype)' : name;
    return `[${kind}${value.name === '' || typeof value.name !== 'string' ? ' (anonymous)' : `: ${value.name}`}]${tag && tag !== kind ? ` [${tag}]` : ''}`;
  }

  const stackProperty = Object.getOwnPropertyDescriptor(Error.prototype, 'stack');
  const frames_of = stackProperty.get;
  const error_to_text = Error.prototype.toString;
  const NATIVE_ERRORS = new Set([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError, InternalError].map((type) => type.prototype));

  // `name: message`, whatever the program did to the error.
  function errorHead(error) {
    const read = (key) => {
      try {
        const text = error[key];
        return text === undefined ? '' : String(text);
      } catch {
        return '';
      }
    };
    let name = read('name') || 'Error';
    const message = read('message');
    // A class that only extends Error is called by its own name.
    const own = constructorName(error);
    if (name === 'Error' && own !== null && own !== 'Error' && own.endsWith('Error')) name = own;
    return message ? `${name}: ${message}` : name;
  }

  // The frames of an error as the engine wrote them, without those of the sandbox.
  function cleanStack(error) {
    let stack;
    try {
      stack = Object.hasOwn(error, 'stack') ? error.stack : frames_of.call(error);
    } catch {
      return '';
    }
    if (typeof stack !== 'string') return '';
    const frames = [];
    for (const line of stack.split('\n')) {
      const frame = /^\s+at (.*)$/.exec(line);
      // Where in a JSON text an error is: the message has it too.
      if (!frame || frame[1].startsWith('<input>:')) continue;
      if (frame[1].includes('(sbx:') || frame[1].startsWith('sbx:')) {
        // What a part of the sandbox called in turn is no frame of the program either.
        while (frames.at(-1)?.endsWith('(native)')) frames.pop();
      } else {
        frames.push(`    at ${frame[1].replace(/^<eval> \((.*)\)$/, '$1')}`);
      }
    }
    // Where an error is made is where its own class is called, not what that class does to make it.
    if (frames.length > 0) {
      const classes = classesOf(error);
      while (frames.length > 1 && classes.has(/^ {4}at (\S+) \(/.exec(frames[0])?.[1])) frames.shift();
    }
    return frames.join('\n');
  }

  // The names of the program's own classes that an error is of.
  function classesOf(error) {
    const names = new Set();
    try {
      for (let at = getPrototypeOf(error); at !== null && !NATIVE_ERRORS.has(at); at = getPrototypeOf(at)) names.add(constructorName(at));
    } catch { /* a proxy may refuse */ }
    return names;
  }

  // `stack` begins with the error's name and message, as they are when it is read.
  function stackText(error) {
    const frames = frames_of.call(error);
    if (typeof frames !== 'string' || typeof Error.prepareStackTrace === 'function') return frames;
    const clean = cleanStack(error);
    const head = plainHead(error);
    return clean ? `${head}\n${clean}` : head;
  }
  function plainHead(error) {
    try {
      return error_to_text.call(error);
    } catch {
      return errorHead(error);
    }
  }
  Object.defineProperty(Error.prototype, 'stack', { ...stackProperty, get: { stack() { return stackText(this); } }.stack });
  const { captureStackTrace: capture } = Error;
  Error.captureStackTrace = function captureStackTrace(target, upTo) {
    capture.call(Error, target, typeof upTo === 'function' ? upTo : captureStackTrace);
    const { value } = Object.getOwnPropertyDescriptor(target, 'stack') ?? {};
    if (typeof value !== 'string' || typeof Error.prepareStackTrace === 'function') return;
    const clean = cleanStack(target);
    Object.defineProperty(target, 'stack', {
      configurable: true,
      get: () => `${target instanceof Error ? plainHead(target) : String(target)}\n${clean}`,
      set(text) { Object.defineProperty(target, 'stack', { value: text, writable: true, configurable: true }); },
    });
  };

  function inspect(value, options, ...rest) {
    // The old form: showHidden, depth.
    if (typeof options !== 'object' || options === null) options = { showHidden: options === true, depth: rest[0] };
    return new Inspector(options).value(value);
  }
  inspect.custom = CUSTOM;
  inspect.defaultOptions = {};

  function toInteger(value) {
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'symbol' ? 'NaN' : primitive(Number.parseInt(value));
  }

  function placeholder(kind, value) {
    switch (kind) {
      case 's':
        if (typeof value === 'bigint') return `${value}n`;
        if (typeof value === 'number') return primitive(value);
        if (typeof value !== 'object' || value === null) return String(value);
        if (value instanceof Error || (typeof value.toString === 'function' && value.toString !== Object.prototype.toString && value.toString !== Array.prototype.toString && !(value instanceof Date))) return String(value);
        return inspect(value, { depth: 0 });
      case 'd':
        return typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' ? 'NaN' : primitive(Number(value));
      case 'i': return toInteger(value);
      case 'f': return typeof value === 'symbol' ? 'NaN' : primitive(Number.parseFloat(value));
      case 'j':
        try {
          return JSON.stringify(value);
        } catch (error) {
          if (error instanceof TypeError && String(error.message).includes('circular')) return '[Circular]';
          throw error;
        }
      case 'o': return inspect(value, { showHidden: true, depth: 4 });
      case 'O': return inspect(value);
      default: return ''; // %c: styles have no place here
    }
  }

  function format(...values) {
    if (values.length === 1) return typeof values[0] === 'string' ? values[0] : inspect(values[0]);
    let next = 0;
    let text = '';
    if (typeof values[0] === 'string') {
      next = 1;
      text = values[0].replace(/%[sdifjoOc%]/g, (mark) => {
        if (mark === '%%') return '%';
        return next < values.length ? placeholder(mark[1], values[next++]) : mark;
      });
    }
    for (; next < values.length; next++) {
      text += (next > 0 ? ' ' : '') + (typeof values[next] === 'string' ? values[next] : inspect(values[next]));
    }
    return text;
  }

  // Facts for the report of an error, which are not for the program's eyes.
  function tag(error, facts) {
    for (const [name, value] of Object.entries(facts)) Object.defineProperty(error, name, { value, configurable: true });
    return error;
  }

  Object.assign(sbx, { tag, inspect, format, errorHead, cleanStack });
});
