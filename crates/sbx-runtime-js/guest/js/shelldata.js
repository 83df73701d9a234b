// The functions of `sandbox-utils` for text and data. Installed after shell.js, whose paths it takes.
(function (sbx) {
  'use strict';
  const { fs } = sbx;
  const { outside, inside, isFolder, fileAt, below, readText, linesOf, give, optionsOf, countOf, globTest, regExp, walk } = sbx.shell;
  const { isDeepStrictEqual } = sbx.builtins.util;
  const csv = sbx.vendored['csv-simple'];
  // How much of a file `grep` looks at to tell whether it is text, as GNU grep does.
  const SNIFFED_BYTES = 8192;
  // Beyond so many lines that differ, `diff` shows what is left as replaced as a whole: its work grows with the square.
  const MAX_EDITS = 1000;
  const CONTEXT_LINES = 3;
  const MAX_XML_DEPTH = 500;

  // ---- text ----

  // The files that the arguments of `grep` stand for.
  function expand(files) {
    return (Array.isArray(files) ? files : typeof files === 'string' || files instanceof URL ? [files] : [...files]).flatMap((file) => {
      const full = inside(file);
      if (isFolder(full)) return walk(full);
      if (fs.existsSync(full) || !/[*?[{]/.test(full)) return [fileAt(file)];
      const fits = globTest(full);
      return walk().filter(fits);
    });
  }

  /**
   * The lines that match, numbered from 1, without their line ends. Binary files are skipped.
   * @param {string|RegExp} pattern
   * @param {string|string[]} files one path or many; a folder stands for all files below it, `logs/*.txt` for what it finds
   * @param {boolean|{regex: boolean}} [regex] false takes a text literally, by default true; for other case: `/error/i`
   * @returns {{file: string, lineNo: number, line: string}[]} `file` is an absolute path
   */
  function grep(pattern, files, ...options) {
    const { regex } = optionsOf(options, { regex: true });
    const search = regex || pattern instanceof RegExp ? regExp(pattern, '') : null;
    const found = [];
    for (const file of expand(files)) {
      const bytes = fs.readFileSync(file);
      if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) continue;
      const text = bytes.toString();
      if (search === null && !text.includes(pattern)) continue;
      const hasReturns = text.includes('\r');
      const lines = text.split('\n');
      if (lines.at(-1) === '') lines.pop();
      for (let index = 0; index < lines.length; index++) {
        const line = hasReturns && lines[index].endsWith('\r') ? lines[index].slice(0, -1) : lines[index];
        if (search === null ? line.includes(pattern) : search.test(line)) found.push({ file, lineNo: index + 1, line });
      }
    }
    return found;
  }

  /**
   * `text` with every match of the regular expression replaced; `^` and `$` match at each line.
   * @param {string|RegExp} pattern
   * @param {string|function} replacement as for `replaceAll`: `$1`, `$<name>`, `$&`
   * @param {string} text the text itself, not a file
   * @returns {string}
   * @throws {TypeError} if `text` is no text
   */
  function sed(pattern, replacement, text) {
    if (typeof text !== 'string') throw new TypeError(`the text is a string, not ${text === null ? 'null' : typeof text}; cat(file) reads a file`);
    return text.replace(regExp(pattern, 'gm'), replacement);
  }

  /**
   * The first lines of a text file, line ends included.
   * @param {string} file
   * @param {number} [lines] by default 10
   * @returns {string}
   * @throws {RangeError} if `lines` is negative
   */
  function head(file, lines = 10) {
    return linesOf(readText(fileAt(file))).slice(0, countOf(lines)).join('');
  }

  /**
   * The last lines of a text file, line ends included.
   * @param {string} file
   * @param {number} [lines] by default 10
   * @returns {string}
   * @throws {RangeError} if `lines` is negative
   */
  function tail(file, lines = 10) {
    const all = linesOf(readText(fileAt(file)));
    return all.slice(Math.max(all.length - countOf(lines), 0)).join('');
  }

  /**
   * How many lines (line ends, as `wc -l` counts), words and characters (code points) a text file has.
   * @param {string} file
   * @returns {{lines: number, words: number, chars: number}}
   */
  function wc(file) {
    const text = readText(fileAt(file));
    const lines = text.split('\n');
    let words = 0;
    // Where only blanks divide words, pieces between them are cheaper to count than matches.
    for (const line of lines) {
      if (/[^\x20-\x7e]/.test(line)) words += line.match(/\S+/g)?.length ?? 0;
      else for (const piece of line.split(' ')) if (piece !== '') words++;
    }
    return { lines: lines.length - 1, words, chars: text.length - (text.match(/[\ud800-\udbff](?=[\udc00-\udfff])/g)?.length ?? 0) };
  }

  /**
   * The difference of two text files as a unified diff with 3 lines around each change; '' if they are the same.
   * @param {string} file1
   * @param {string} file2
   * @returns {string} with a line end, if not empty
   */
  function diff(file1, file2) {
    const [before, after] = [file1, file2].map((file) => linesOf(fs.readFileSync(fileAt(file), 'utf8')));
    const steps = edits(before, after);
    const changed = steps.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
    if (changed.length === 0) return '';
    const shown = [`--- ${file1}\n`, `+++ ${file2}\n`];
    const range = (start, count) => `${count === 0 ? start : start + 1}${count === 1 ? '' : `,${count}`}`;
    for (let at = 0; at < changed.length;) {
      let last = at;
      while (last + 1 < changed.length && changed[last + 1] - changed[last] <= 2 * CONTEXT_LINES + 1) last++;
      const hunk = steps.slice(Math.max(changed[at] - CONTEXT_LINES, 0), changed[last] + CONTEXT_LINES + 1);
      const count = (sign) => hunk.filter((step) => step.sign !== sign).length;
      shown.push(`@@ -${range(hunk[0].before, count('+'))} +${range(hunk[0].after, count('-'))} @@\n`);
      for (const { sign, line } of hunk) shown.push(sign + (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`));
      at = last + 1;
    }
    return shown.join('');
  }

  // How one list of lines becomes another: `{sign, line, before, after}`, with the numbers of lines that came before in each.
  function edits(a, b) {
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start++;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
    const signs = [' '.repeat(start), shortest(a.slice(start, a.length - end), b.slice(start, b.length - end)), ' '.repeat(end)].join('');
    let [before, after] = [0, 0];
    return [...signs].map((sign) => {
      const step = { sign, line: sign === '+' ? b[after] : a[before], before, after };
      if (sign !== '+') before++;
      if (sign !== '-') after++;
      return step;
    });
  }

  // The signs of a shortest edit (Myers, "An O(ND) Difference Algorithm", 1986).
  function shortest(before, after) {
    const numbers = new Map();
    const numbered = (line) => numbers.get(line) ?? (numbers.set(line, numbers.size), numbers.size - 1);
    const [a, b] = [before.map(numbered), after.map(numbered)];
    const most = Math.min(a.length + b.length, MAX_EDITS);
    // How far each diagonal reached: diagonal `k` is at `k + most + 1`.
    const current = new Int32Array(2 * most + 3);
    const reached = [];
    for (let n_edits = 0; n_edits <= most; n_edits++) {
      reached.push(current.slice(most - n_edits, most + n_edits + 3));
      for (let k = -n_edits; k <= n_edits; k += 2) {
        const left = current[k + most];
        const right = current[k + most + 2];
        let x = k === -n_edits || (k !== n_edits && left < right) ? right : left + 1;
        while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
        current[k + most + 1] = x;
        if (x >= a.length && x - k >= b.length) return traced(reached, a.length, b.length);
      }
    }
    return '-'.repeat(a.length) + '+'.repeat(b.length);
  }

  // The way back through what each number of edits reached: diagonal `k` is at `k + n_edits + 1`.
  function traced(reached, length_a, length_b) {
    const signs = [];
    let [x, y] = [length_a, length_b];
    for (let n_edits = reached.length - 1; n_edits > 0; n_edits--) {
      const k = x - y;
      const left = reached[n_edits][k + n_edits];
      const right = reached[n_edits][k + n_edits + 2];
      const isInsert = k === -n_edits || (k !== n_edits && left < right);
      const from = isInsert ? right : left;
      signs.push(' '.repeat(x - (isInsert ? from : from + 1)), isInsert ? '+' : '-');
      [x, y] = [from, from - (isInsert ? k + 1 : k - 1)];
    }
    return [...signs, ' '.repeat(x)].reverse().join('');
  }

  // ---- data ----

  // The items themselves where no key is given.
  function getter(key) {
    if (key === undefined || key === null) return (item) => item;
    if (typeof key === 'function') return key;
    if (Array.isArray(key)) {
      const each = key.map(getter);
      return (item) => each.map((of) => of(item));
    }
    return (item) => item?.[key];
  }

  /**
   * The items in lists by their key. As in every object, keys that are whole numbers come first.
   * @param {Iterable} items
   * @param {function|string|Array} [key] a function, the name of a member, or a list of these; by default the item itself
   * @returns {Object<string, Array>}
   */
  function groupBy(items, key = undefined) {
    const of = getter(key);
    const groups = new Map();
    for (const item of items) {
      const name = String(of(item));
      if (groups.has(name)) groups.get(name).push(item);
      else groups.set(name, [item]);
    }
    return Object.fromEntries(groups);
  }

  /**
   * The items for which the predicate is true.
   * @param {Iterable} items
   * @param {function(*, number): *} predicate
   * @returns {Array}
   */
  const filterBy = (items, predicate) => [...items].filter((item, index) => predicate(item, index));

  /**
   * What the function returns for each item.
   * @param {Iterable} items
   * @param {function(*, number): *} func
   * @returns {Array}
   */
  const mapItems = (items, func) => [...items].map((item, index) => func(item, index));

  // Nothing comparable (undefined, null, NaN) is last; texts are compared by code units, lists by their items.
  const isNothing = (value) => value === undefined || value === null || Number.isNaN(value);
  function compare(a, b) {
    if (Array.isArray(a) && Array.isArray(b)) {
      for (let at = 0; at < Math.min(a.length, b.length); at++) {
        const order = compare(a[at], b[at]);
        if (order !== 0) return order;
      }
      return a.length - b.length;
    }
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /**
   * A new list of the items sorted by a key, numbers as numbers. Equal ones stay in order; undefined, null and NaN are last.
   * @param {Iterable} items
   * @param {function|string|Array} [key] a function, the name of a member, or a list of these; by default the item itself
   * @param {boolean|{reverse: boolean}} [reverse] largest first, by default false
   * @returns {Array}
   */
  function sortBy(items, key = undefined, ...options) {
    const { reverse } = optionsOf(options, { reverse: false });
    const of = getter(key);
    const keyed = [...items].map((item) => ({ item, value: of(item) }));
    const some = keyed.filter(({ value }) => !isNothing(value)).sort((a, b) => (reverse ? compare(b.value, a.value) : compare(a.value, b.value)));
    return [...some, ...keyed.filter(({ value }) => isNothing(value))].map(({ item }) => item);
  }

  /**
   * The items without repetitions, the first of equals kept. Objects and lists are equal if what they hold is.
   * @param {Iterable} items
   * @param {function|string|Array} [key] compares by this instead of by the item
   * @returns {Array}
   */
  function unique(items, key = undefined) {
    const of = getter(key);
    const seen = new Set();
    const objects = new Map();
    return [...items].filter((item) => {
      const value = of(item);
      if (typeof value !== 'object' || value === null) {
        const isNew = !seen.has(value);
        seen.add(value);
        return isNew;
      }
      // Equal ones have an equal sketch, and those with an equal sketch are compared.
      const sketch = sketchOf(value);
      const alike = objects.get(sketch) ?? [];
      if (alike.some((each) => isDeepStrictEqual(each, value))) return false;
      objects.set(sketch, [...alike, value]);
      return true;
    });
  }
  function sketchOf(value) {
    try {
      return JSON.stringify(value, (_, each) => (typeof each === 'object' && each !== null && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each));
    } catch {
      return '';
    }
  }

  /**
   * The items in lists of `size`; the last may be shorter.
   * @param {Iterable} items
   * @param {number} size
   * @returns {Array[]}
   * @throws {RangeError} if `size` is less than 1
   */
  function chunk(items, size) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`size must be a whole number from 1, not ${size}`);
    const all = [...items];
    return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
  }

  // ---- formats ----

  const put = (object, name, value) => Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });

  // Header names made distinct, and a name for those that have none.
  function columnNames(row) {
    const names = [];
    row.forEach((field, index) => {
      const base = field.trim() || `column_${index + 1}`;
      let name = base;
      for (let n = 2; names.includes(name); n++) name = `${base}_${n}`;
      names.push(name);
    });
    return names;
  }

  /**
   * A CSV file's rows as the text of a JSON list of objects, all values text. `csv-simple` gives objects instead of text.
   * The first row names the columns. Comma, semicolon, tab and bar are understood as separators. A short row's missing values
   * are null; values beyond the header are under `column_N`.
   * @param {string} csvFile
   * @param {string} [output] a file that the JSON is written to as well
   * @returns {string}
   */
  function csvToJson(csvFile, output = undefined) {
    const text = readText(fileAt(csvFile));
    const first = /^.*\S.*$/m.exec(text)?.[0] ?? '';
    const delimiter = [',', ';', '\t', '|'].find((each) => first.includes(each)) ?? ',';
    const [header = [], ...rows] = csv.parse(text, { delimiter, header: false });
    const names = columnNames(header);
    const objects = rows.map((row) => {
      const object = {};
      for (let at = 0; at < Math.max(row.length, names.length); at++) put(object, names[at] ?? `column_${at + 1}`, row[at] ?? null);
      return object;
    });
    return give(JSON.stringify(objects, null, 2), output);
  }

  // The record with the members of inner objects under dotted names.
  function flat(record, prefix = '', found = new Map()) {
    for (const [name, value] of Object.entries(record)) {
      const isInner = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
      if (isInner) flat(value, `${prefix}${name}.`, found);
      else found.set(prefix + name, cell(value));
    }
    return found;
  }
  const cell = (value) => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

  /**
   * A JSON file as the text of CSV, a row for each object of its list.
   * Columns are all names in the order they appear; a missing or null value is empty. An object inside an object makes columns
   * such as `address.city`, a list stays JSON. A single object is one row, unless a list is all it holds.
   * @param {string} jsonFile
   * @param {string} [output] a file that the CSV is written to as well
   * @returns {string} rows that end in a line feed; '' if there is none
   * @throws {SyntaxError} if the file is not JSON
   */
  function jsonToCsv(jsonFile, output = undefined) {
    const full = fileAt(jsonFile);
    let data;
    try {
      data = JSON.parse(readText(full));
    } catch (error) {
      throw new SyntaxError(`${full} is not JSON: ${error.message}`, { cause: error });
    }
    const inner = typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.values(data) : [];
    if (inner.length === 1 && Array.isArray(inner[0])) [data] = inner;
    const items = Array.isArray(data) ? data : [data];
    let rows;
    if (items.length > 0 && items.every(Array.isArray)) {
      rows = items.map((row) => row.map(cell));
    } else {
      const records = items.map((item) => (typeof item === 'object' && item !== null && !Array.isArray(item) ? flat(item) : new Map([['value', cell(item)]])));
      const names = [...new Set(records.flatMap((record) => Array.from(record.keys())))];
      // A name whose objects are spread over inner columns is one itself only if it also has values.
      const kept = names.filter((name) => !names.some((other) => other.startsWith(`${name}.`)) || records.some((record) => (record.get(name) ?? '') !== ''));
      rows = kept.length === 0 ? [] : [kept, ...records.map((record) => kept.map((name) => record.get(name) ?? ''))];
    }
    const quoted = (text) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    // A line without anything would be no row.
    return give(rows.map((row) => `${row.map(quoted).join(',') || '""'}\n`).join(''), output);
  }

  const ENTITIES = { __proto__: null, lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  // Names may have whatever is no blank and no mark of ASCII but `_`, `:`, `-` and `.`.
  const XML_NAME = '[^\\s!-9;-@[-^\\x60{-~][^\\s!-,/;-@[-^\\x60{-~]*';
  const XML_ATTRIBUTE = `\\s+(${XML_NAME})\\s*=\\s*("[^"<]*"|'[^'<]*')`;
  const EACH_ATTRIBUTE = new RegExp(XML_ATTRIBUTE, 'g');
  const OPENING = new RegExp(`<(${XML_NAME})((?:${XML_ATTRIBUTE.replaceAll('(', '(?:')})*)\\s*(/?)>`, 'y');
  const CLOSING = new RegExp(`</(${XML_NAME})\\s*>`, 'y');
  const DOCTYPE = /<!DOCTYPE([^[>]*(?:\[[^]*?\]\s*)?)>/y;

  /**
   * XML text as an object, the root element kept: attributes as `@name`, text beside them as `#text`.
   * Elements of the same name make a list, an empty one is null, names keep their prefix.
   * @param {string} xml the text itself, not a file
   * @returns {Object}
   * @throws {SyntaxError} if the text is not well-formed, with its line
   * @throws {RangeError} if elements are nested deeper than 500, or entities are declared: a few can stand for gigabytes
   */
  function xmlToObject(xml) {
    const source = String(xml).replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
    const fail = (message, at) => { throw new SyntaxError(`not well-formed XML: ${message}, line ${source.slice(0, at).split('\n').length}`); };
    const plain = (text, at) => !text.includes('&') ? text : text.replace(/&([^;\s&]*);?/g, (found, name) => {
      const number = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
      const code = number && parseInt(number[1] ?? number[2], number[1] ? 16 : 10);
      const isChar = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
      const char = number ? (isChar ? String.fromCodePoint(code) : undefined) : ENTITIES[name];
      return found.endsWith(';') && char !== undefined ? char : fail(`undefined entity ${found}`, at);
    });
    const root = {};
    const stack = [{ name: '', value: root, text: '' }];
    const end = () => {
      const { name, value, text } = stack.pop();
      const trimmed = text.trim();
      const hasMembers = Object.keys(value).length > 0;
      if (trimmed && hasMembers) put(value, '#text', trimmed);
      const own = hasMembers ? value : trimmed || null;
      const parent = stack.at(-1).value;
      if (!Object.hasOwn(parent, name)) put(parent, name, own);
      else if (stack.at(-1).repeated?.has(name)) parent[name].push(own);
      else {
        (stack.at(-1).repeated ??= new Set()).add(name);
        put(parent, name, [parent[name], own]);
      }
    };
    const match = (pattern, at) => {
      pattern.lastIndex = at;
      return pattern.exec(source);
    };
    // Where what begins here ends, behind its last mark.
    const behind = (mark, at) => {
      const found = source.indexOf(mark, at);
      return found < 0 ? fail(`${source.slice(at, at + 10)} does not end`, at) : found + mark.length;
    };
    const open = ([, name, attributes, slash], at) => {
      if (stack.length > MAX_XML_DEPTH) throw new RangeError(`the XML is nested deeper than ${MAX_XML_DEPTH} elements`);
      if (stack.length === 1 && Object.keys(root).length > 0) fail('there is a second root element', at);
      const value = {};
      for (const [, each, quoted] of attributes ? attributes.matchAll(EACH_ATTRIBUTE) : []) {
        if (Object.hasOwn(value, `@${each}`)) fail(`the attribute ${each} is there twice`, at);
        put(value, `@${each}`, plain(quoted.slice(1, -1), at));
      }
      stack.push({ name, value, text: '' });
      if (slash) end();
    };
    const close = ([, name], at) => {
      if (stack.length === 1 || stack.at(-1).name !== name) fail(`</${name}> ends ${stack.length === 1 ? 'nothing' : `<${stack.at(-1).name}>`}`, at);
      end();
    };
    const add = (text, isMarkup, at) => {
      if (stack.length > 1) stack.at(-1).text += text;
      else if (isMarkup || text.trim()) fail('there is text outside of the root element', at);
    };
    let next;
    for (let at = 0; at < source.length; at = next) {
      if (source[at] !== '<') {
        next = source.indexOf('<', at);
        if (next < 0) next = source.length;
        add(plain(source.slice(at, next), at), false, at);
      } else if (source.startsWith('<!--', at)) {
        next = behind('-->', at + 4);
      } else if (source.startsWith('<![CDATA[', at)) {
        next = behind(']]>', at);
        add(source.slice(at + 9, next - 3), true, at);
      } else if (source.startsWith('<?', at)) {
        next = behind('?>', at);
      } else {
        const kind = { '/': CLOSING, '!': DOCTYPE }[source[at + 1]] ?? OPENING;
        const found = match(kind, at) ?? fail('this is no markup', at);
        next = at + found[0].length;
        if (kind === OPENING) open(found, at);
        else if (kind === CLOSING) close(found, at);
        else if (/<!ENTITY/i.test(found[1])) throw new RangeError('entity declarations are refused');
      }
    }
    if (stack.length > 1) fail(`<${stack.at(-1).name}> does not end`, source.length);
    if (Object.keys(root).length === 0) fail('there is no element', source.length);
    return root;
  }
  Object.assign(sbx.vendored['sandbox-utils'], {
    grep, sed, head, tail, wc, diff, groupBy, filterBy, mapItems, sortBy, unique, chunk, csvToJson, jsonToCsv, xmlToObject,
  });
});
