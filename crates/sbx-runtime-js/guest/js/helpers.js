// Small helpers under names that programs for this kind of sandbox already use: file functions as globals, and the
// modules `csv-simple`, `json-utils` and `string-utils` by `import`, `require` or `requireVendor`.
(function (sbx) {
  'use strict';
  const { define, fs, pathOf } = sbx;

  // ---- files ----

  const readText = (file) => fs.readFileSync(file, 'utf8');
  const writeText = (file, text) => fs.writeFileSync(file, String(text));
  const files = {
    readText,
    writeText,
    appendText: (file, text) => fs.appendFileSync(file, String(text)),
    readJson: (file) => {
      const text = readText(file);
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new SyntaxError(`${pathOf(file)} is not JSON: ${error.message}`, { cause: error });
      }
    },
    writeJson: (file, value, indent = 2) => {
      const text = JSON.stringify(value, null, indent);
      if (text === undefined) throw new TypeError(`${sbx.inspect(value, { depth: 0 })} cannot be written as JSON`);
      writeText(file, `${text}\n`);
    },
    readLines: (file) => sbx.lines(readText(file)),
    writeLines: (file, lines) => writeText(file, [...lines].map((line) => `${line}\n`).join('')),
    fileExists: (file) => fs.existsSync(file),
    fileSize: (file) => fs.statSync(file).size,
    listFiles: (folder = '.') => fs.readdirSync(folder),
    copyFile: (from, to) => fs.copyFileSync(from, to),
    removeFile: (file) => {
      if (!fs.existsSync(file)) return false;
      fs.unlinkSync(file);
      return true;
    },
  };
  for (const [name, call] of Object.entries(files)) define(name, call);

  // ---- csv-simple, after RFC 4180 ----

  // Fields are cut out whole: texts that grow by characters cost several times as much.
  function csvRows(text, delimiter) {
    const rows = [];
    const fieldEnd = new RegExp(`[\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]|$`, 'g');
    let row = [];
    for (let at = 0; ; ) {
      let field = '';
      if (text[at] === '"') {
        [field, at] = quoted(text, at + 1);
      }
      fieldEnd.lastIndex = at;
      const { index: end } = fieldEnd.exec(text);
      row.push(field + text.slice(at, end));
      at = end + 1;
      if (text[end] === delimiter) continue;
      if (row.length > 1 || row[0] !== '') rows.push(row);
      row = [];
      if (end >= text.length) return rows;
      if (text[end] === '\r' && text[at] === '\n') at++;
    }
  }

  // What stands in quotes from `start` on, and where it ends.
  function quoted(text, start) {
    let field = '';
    for (let at = start; ; ) {
      const end = text.indexOf('"', at);
      if (end < 0) throw new SyntaxError('the CSV text ends inside of quotes');
      field += text.slice(at, end);
      if (text[end + 1] !== '"') return [field, end + 1];
      field += '"';
      at = end + 2;
    }
  }

  const csv = {
    // Objects by the names of the first line, or arrays with `{header: false}`. Values stay texts.
    parse(text, { delimiter = ',', header = true, trim = false } = {}) {
      let rows = csvRows(String(text).replace(/^\ufeff/, ''), delimiter);
      if (trim) rows = rows.map((row) => row.map((field) => field.trim()));
      if (!header) return rows;
      const [names = [], ...rest] = rows;
      return rest.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));
    },
    stringify(rows, { delimiter = ',', header = true, columns = undefined } = {}) {
      const field = (value) => {
        const text = value === null || value === undefined ? '' : typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : value instanceof Date ? value.toISOString() : String(value);
        return /["\r\n]/.test(text) || text.includes(delimiter) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
      };
      const line = (fields) => fields.map(field).join(delimiter);
      const list = [...rows];
      if (list.every(Array.isArray)) return list.map(line).join('\n');
      const names = columns ?? [...new Set(list.flatMap((row) => Object.keys(row)))];
      const body = list.map((row) => line(names.map((name) => row[name])));
      return [...(header ? [line(names)] : []), ...body].join('\n');
    },
  };

  // ---- json-utils ----

  // Names through which a path could reach the prototypes that all objects share.
  const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
  function steps(path) {
    const parts = Array.isArray(path) ? path.map(String) : String(path).split(/\.|\[(\d+|"[^"]*"|'[^']*')\]/).filter((part) => part !== undefined && part !== '').map((part) => part.replace(/^(["'])(.*)\1$/, '$2'));
    for (const part of parts) if (FORBIDDEN.has(part)) throw new TypeError(`the path may not name ${part}`);
    return parts;
  }
  const isObject = (value) => typeof value === 'object' && value !== null;
  const isPlain = (value) => isObject(value) && !Array.isArray(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));

  const json = {
    get(object, path, fallback) {
      let value = object;
      for (const part of steps(path)) {
        if (!isObject(value) || !Object.hasOwn(value, part)) return fallback;
        value = value[part];
      }
      return value === undefined ? fallback : value;
    },
    has(object, path) {
      let value = object;
      for (const part of steps(path)) {
        if (!isObject(value) || !Object.hasOwn(value, part)) return false;
        value = value[part];
      }
      return true;
    },
    // Changes `object` and returns it; makes arrays where the next part is a number.
    set(object, path, value) {
      const parts = steps(path);
      if (parts.length === 0) throw new TypeError('the path is empty');
      let target = object;
      parts.slice(0, -1).forEach((part, index) => {
        if (!Object.hasOwn(target, part) || !isObject(target[part])) target[part] = /^\d+$/.test(parts[index + 1]) ? [] : {};
        target = target[part];
      });
      target[parts.at(-1)] = value;
      return object;
    },
    clone: (value) => structuredClone(value),
    // A new object; objects are merged, everything else of a later one replaces.
    merge(...objects) {
      const merged = {};
      for (const object of objects) {
        for (const key of Object.keys(object ?? {})) {
          if (FORBIDDEN.has(key)) continue;
          const value = object[key];
          merged[key] = isPlain(value) ? json.merge(isPlain(merged[key]) ? merged[key] : {}, value) : isObject(value) ? structuredClone(value) : value;
        }
      }
      return merged;
    },
    // `{valid, errors}` against a schema of `type`, `required`, `properties`, `items`, `enum`, `minimum`, `maximum`,
    // `minLength`, `maxLength` and `pattern`, as JSON Schema has them.
    validate(value, schema) {
      const errors = [];
      check(value, schema, '$', errors);
      return { valid: errors.length === 0, errors };
    },
  };

  const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
  function check(value, schema, at, errors) {
    const type = typeOf(value);
    const wanted = schema.type === undefined ? [] : [schema.type].flat();
    if (wanted.length > 0 && !wanted.some((each) => each === type || (each === 'integer' && Number.isInteger(value)))) {
      errors.push(`${at}: expected ${wanted.join(' or ')}, got ${type}`);
      return;
    }
    if (schema.enum && !schema.enum.some((each) => JSON.stringify(each) === JSON.stringify(value))) errors.push(`${at}: not one of ${JSON.stringify(schema.enum)}`);
    if (type === 'number') {
      if (schema.minimum !== undefined && value < schema.minimum) errors.push(`${at}: less than ${schema.minimum}`);
      if (schema.maximum !== undefined && value > schema.maximum) errors.push(`${at}: more than ${schema.maximum}`);
    }
    if (type === 'string') {
      if (schema.minLength !== undefined && value.length < schema.minLength) errors.push(`${at}: shorter than ${schema.minLength}`);
      if (schema.maxLength !== undefined && value.length > schema.maxLength) errors.push(`${at}: longer than ${schema.maxLength}`);
      if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) errors.push(`${at}: does not match ${schema.pattern}`);
    }
    if (type === 'array' && schema.items) value.forEach((item, index) => check(item, schema.items, `${at}[${index}]`, errors));
    if (type !== 'object') return;
    for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) errors.push(`${at}.${name}: missing`);
    for (const [name, each] of Object.entries(schema.properties ?? {})) if (Object.hasOwn(value, name)) check(value[name], each, `${at}.${name}`, errors);
  }

  // ---- string-utils ----

  // "XMLHttpRequest v2" is XML, Http, Request, v2.
  const words = (text) => String(text).match(/\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+\p{N}*|\p{Lu}+\p{N}*|\p{N}+|[\p{Lo}\p{M}]+/gu) ?? [];
  const lower = (text) => text.toLowerCase();
  const capitalize = (text) => {
    const [first = '', ...rest] = String(text);
    return first.toUpperCase() + rest.join('').toLowerCase();
  };
  const string = {
    words,
    capitalize,
    titleCase: (text) => String(text).replace(/\S+/g, capitalize),
    camelCase: (text) => words(text).map((word, index) => (index === 0 ? lower(word) : capitalize(word))).join(''),
    pascalCase: (text) => words(text).map(capitalize).join(''),
    snakeCase: (text) => words(text).map(lower).join('_'),
    kebabCase: (text) => words(text).map(lower).join('-'),
    slugify: (text, separator = '-') => String(text).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, separator).replace(/^-+|-+$/g, ''),
    // At most `length` characters, the ending included.
    truncate: (text, length = 80, ending = '…') => {
      const chars = [...String(text)];
      const kept = Math.max(length - [...ending].length, 0);
      return chars.length <= length ? chars.join('') : chars.slice(0, kept).join('') + [...ending].slice(0, length).join('');
    },
    pad: (text, length, char = ' ') => {
      const missing = Math.max(length - String(text).length, 0);
      return char.repeat(Math.floor(missing / 2)) + text + char.repeat(Math.ceil(missing / 2));
    },
    padStart: (text, length, char = ' ') => String(text).padStart(length, char),
    padEnd: (text, length, char = ' ') => String(text).padEnd(length, char),
    reverse: (text) => [...String(text)].reverse().join(''),
    count: (text, part) => (part === '' ? 0 : String(text).split(part).length - 1),
    stripHtml: (text) => String(text).replace(/<[^>]*>/g, ''),
    escapeHtml: (text) => String(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
    isBlank: (text) => String(text).trim() === '',
  };

  sbx.vendored = { __proto__: null, 'csv-simple': csv, 'json-utils': json, 'string-utils': string };
  define('requireVendor', function requireVendor(name) {
    const key = String(name).replace(/\.js$/, '');
    return sbx.vendored[key] ?? sbx.require(String(name));
  });
});
