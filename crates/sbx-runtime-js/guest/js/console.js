// The console. Nothing is buffered: what a program prints has left the guest before the next statement.
(function (sbx) {
  'use strict';
  const { native, inspect, format } = sbx;
  const write = native.write;
  const OUT = 1;
  const ERR = 2;
  let indent = '';
  let counts = new Map();
  let started = new Map();

  function emit(fd, text) {
    if (indent !== '') text = indent + text.replaceAll('\n', `\n${indent}`);
    write(fd, `${text}\n`.toWellFormed());
  }

  function elapsed(label) {
    const ms = native.now() - started.get(label);
    return ms >= 1000 ? `${(ms / 1000).toFixed(3)}s` : `${Number(ms.toFixed(3))}ms`;
  }

  function warnOfLabel(label, method) {
    if (!started.has(label)) emit(ERR, `Warning: No such label '${label}' for console.${method}()`);
    return started.has(label);
  }

  // Rows and columns with lines around them, as Node draws them.
  function table(rows, columns) {
    if (typeof rows !== 'object' || rows === null) return format(rows);
    const cell = (value) => inspect(value, { depth: typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0, maxArrayLength: 3, breakLength: Infinity });
    const isMap = rows instanceof Map;
    const entries = isMap ? [...rows].map(([, value], index) => [index, value]) : rows instanceof Set ? [...rows].map((value, index) => [index, value]) : Object.entries(rows);
    const names = columns ? [...columns].map(String) : [];
    // What is in a map or set is shown whole, in one column.
    const isWhole = isMap || rows instanceof Set;
    let hasValues = isWhole;
    for (const [, row] of isWhole ? [] : entries) {
      if (typeof row !== 'object' || row === null) hasValues = true;
      else if (!columns) for (const name of Object.keys(row)) if (!names.includes(name)) names.push(name);
    }
    const keys = isMap ? [...rows.keys()].map(cell) : null;
    const head = [isWhole ? '(iteration index)' : '(index)', ...(keys ? ['Key'] : []), ...names, ...(hasValues ? ['Values'] : [])];
    const body = entries.map(([index, row], at) => {
      const isObject = !isWhole && typeof row === 'object' && row !== null;
      const cells = names.map((name) => (isObject && Object.hasOwn(row, name) ? cell(row[name]) : ''));
      return [String(index), ...(keys ? [keys[at]] : []), ...cells, ...(hasValues ? [isObject ? '' : cell(row)] : [])];
    });
    const widths = head.map((name, at) => Math.max(name.length, ...body.map((row) => row[at].length)) + 2);
    const line = (cells) => `│${cells.map((text, at) => ` ${text}`.padEnd(widths[at])).join('│')}│`;
    const rule = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
    return [rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤'), ...body.map(line), rule('└', '┴', '┘')].join('\n');
  }

  const methods = {
    log(...values) { emit(OUT, format(...values)); },
    warn(...values) { emit(ERR, format(...values)); },
    error(...values) { emit(ERR, format(...values)); },
    info(...values) { emit(OUT, format(...values)); },
    debug(...values) { emit(OUT, format(...values)); },
    trace(...values) {
      const text = format(...values);
      emit(ERR, `Trace${text ? `: ${text}` : ''}\n${sbx.cleanStack(new Error())}`);
    },
    dir(value, options) { emit(OUT, inspect(value, { ...options })); },
    dirxml(...values) { emit(OUT, format(...values)); },
    assert(condition, ...values) {
      if (condition) return;
      const text = values.length === 0 ? '' : format(...values);
      emit(ERR, `Assertion failed${text ? `: ${text}` : ''}`);
    },
    group(...values) {
      if (values.length > 0) emit(OUT, format(...values));
      indent += '  ';
    },
    groupCollapsed(...values) { methods.group(...values); },
    groupEnd() { indent = indent.slice(2); },
    count(label = 'default') {
      const name = String(label);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      emit(OUT, `${name}: ${counts.get(name)}`);
    },
    countReset(label = 'default') { counts.delete(String(label)); },
    time(label = 'default') { started.set(String(label), native.now()); },
    timeLog(label = 'default', ...values) {
      const name = String(label);
      if (warnOfLabel(name, 'timeLog')) emit(OUT, `${name}: ${elapsed(name)}${values.length > 0 ? ` ${format(...values)}` : ''}`);
    },
    timeEnd(label = 'default') {
      const name = String(label);
      if (!warnOfLabel(name, 'timeEnd')) return;
      emit(OUT, `${name}: ${elapsed(name)}`);
      started.delete(name);
    },
    table(rows, columns) { emit(OUT, table(rows, columns)); },
    clear() {},
  };

  const hidden = (value) => ({ value, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(globalThis, 'console', hidden(methods));
  // As in the shells of engines.
  Object.defineProperty(globalThis, 'print', hidden(function print(...values) { emit(OUT, values.map(String).join(' ')); }));

  sbx.emit = emit;
  sbx.define = (name, value) => Object.defineProperty(globalThis, name, hidden(value));
  // What the end of a program leaves to the next one: nothing of its indentation.
  sbx.resetConsole = () => { indent = ''; };
  sbx.forgetConsole = () => {
    counts = new Map();
    started = new Map();
  };
});
