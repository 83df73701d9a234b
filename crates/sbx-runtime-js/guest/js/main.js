// Requests and reports: README.md in the folder above is the protocol. Installed last.
(function (sbx) {
  'use strict';
  const { native, inspect, errorHead, cleanStack } = sbx;
  const { parse, stringify } = JSON;
  // A report's text has at most this many characters.
  const MAX_TEXT = 65536;
  const OPS = { __proto__: null, run: 0, validate: 1, seal: 2 };
  const KINDS = { __proto__: null, auto: 0, script: 1, module: 2 };
  // Globals of other places that programs ask for, and what they would need.
  const MISSING_GLOBALS = { __proto__: null, fetch: 'network', XMLHttpRequest: 'network', WebSocket: 'network', EventSource: 'network', Worker: 'threads', SharedWorker: 'threads' };
  let request = {};

  // ---- requests ----

  function open(header) {
    // Own members only: an earlier program may have given all objects others.
    request = { __proto__: null, ...parse(header) };
    const { op, name = '<string>', main_file, argv, env, cwd, seed, stdin_reset, kind = 'auto', limit_ms = 0, language } = request;
    sbx.programName = name;
    if (op === 'run') {
      if (seed !== undefined) wake(seed);
      if (cwd !== undefined) sbx.setCwd(cwd);
      const file = main_file ?? name;
      sbx.setMain(file.startsWith('<') ? `${sbx.getCwd()}/[eval]` : sbx.path.resolve(file));
      sbx.resetProcess({ argv: argv && ['js', ...argv], env, stdinIsNew: stdin_reset === true });
    }
    // What set-up code did to its surroundings is not the image's.
    if (op === 'seal') {
      sbx.setCwd('/app');
      sbx.resetProcess({ argv: ['js', '/app/[eval]'], env: {}, stdinIsNew: true });
    }
    return { __proto__: null, op: OPS[op], name, kind: KINDS[kind], limit_ms, wants_source: language === 'typescript' };
  }

  // The first program of an interpreter: what all that started from one image share becomes its own.
  function wake(seed) {
    native.seed(seed.slice(0, 16));
    sbx.resetClock();
    sbx.forgetConsole();
  }

  function prepare(plan, code) {
    plan.source = sbx.transform(code, plan.name);
  }

  // Replaced by what `sucrase` brings, where that is set up.
  sbx.transform = () => {
    throw new SyntaxError('TypeScript is not set up here: install Node.js with npm and run `sbx setup` once more, then use the runtime `ts`');
  };

  // ---- reports ----

  function cut(text) {
    if (text.length <= MAX_TEXT) return text;
    const half = MAX_TEXT / 2 - 32;
    return `${text.slice(0, half)}\n... ${text.length - 2 * half} characters cut ...\n${text.slice(-half)}`;
  }
  const clean = (text) => cut(String(text)).toWellFormed();

  function report(kind, value, isOutOfMemory) {
    const made = { __proto__: null, v: 1, ...(kind === 'ok' ? finished(value) : ended(kind, value, isOutOfMemory)) };
    return stringify(made);
  }

  function finished(wrapped) {
    if (request.op !== 'run') return { status: 'ok', code: 0 };
    if (request.at_exit) sbx.sayGoodbye(Number(process.exitCode ?? 0));
    if (process.exitCode !== undefined && process.exitCode !== null && Number(process.exitCode) !== 0) {
      return { status: 'exit', code: Number(process.exitCode) & 255 };
    }
    // A script's value comes in an object of its own; a module has none.
    const value = wrapped === undefined ? undefined : wrapped.value;
    if (value === undefined || isNothing(value)) return { status: 'ok', code: 0 };
    const text = inspect(value);
    if (!request.echo) return { status: 'ok', code: 0, results: [{ 'text/plain': clean(text) }] };
    sbx.emit(1, text);
    return { status: 'ok', code: 0 };
  }

  // `main()` as the last line is not there for its promise of nothing.
  function isNothing(value) {
    if (request.echo || !(value instanceof Promise)) return false;
    const [state, result] = native.promiseState(value);
    return state === 1 && result === undefined;
  }

  function ended(kind, value, isOutOfMemory) {
    if (kind === 'exit') return { status: 'exit', code: value };
    if (kind === 'timeout' || kind === 'valid') return { status: kind, code: kind === 'valid' ? 0 : 1 };
    let error = value;
    if (kind === 'unsettled') error = new Error('the top-level await never settles: nothing is left that could wake it');
    // The engine throws null, or nothing, where it has no memory for an error.
    if (kind === 'exception' && (value === null || value === undefined) && isOutOfMemory) error = new InternalError('out of memory');
    const described = describe(error);
    if (request.op === 'run') native.write(2, `${described.traceback}\n`.toWellFormed());
    const isMemory = isOutOfMemory && described.kind === 'InternalError' && described.message === 'out of memory';
    return { status: isMemory ? 'memory' : 'exception', code: 1, error: described };
  }

  const read = (object, key) => {
    try {
      return object[key];
    } catch {
      return undefined;
    }
  };

  // What went wrong. Nothing in here may fail, whatever the program threw.
  function describe(error) {
    let isError = false;
    let kind = 'Uncaught';
    let message = '';
    let text = '';
    try {
      isError = error instanceof Error;
      const head = isError ? errorHead(error) : '';
      message = isError ? String(read(error, 'message') ?? '') : inspect(error);
      kind = isError ? (message && head.endsWith(`: ${message}`) ? head.slice(0, -message.length - 2) : head) : 'Uncaught';
      text = isError ? inspect(error) : `Uncaught ${message}`;
      if (text.startsWith(`[${head}]`)) text = head + text.slice(head.length + 2);
    } catch {
      text = `${kind}: the value that was thrown cannot be shown`;
    }
    const place = isError ? placeOf(error) : null;
    const described = { kind: clean(kind), message: clean(message), traceback: clean(place === null ? text : `${place.shown}\n\n${text}`), line: place?.programLine ?? null };
    if (isError) Object.assign(described, details(error, described));
    return described;
  }

  // `file:line`, the source line and a mark under the column, as Node has it; null if no frame has them.
  function placeOf(error) {
    const frames = [...`${cleanStack(error)}\n`.matchAll(/^    at (?:.* \()?(.+?):(\d+):(\d+)\)?$/gm)].map(([, file, line, column]) => ({ file, line: Number(line), column: Number(column) }))
      // What no source has was made up by the program, and a report has no room for it.
      .filter(({ line, column }) => line < 2 ** 31 && column < 2 ** 31);
    if (frames.length === 0) return null;
    const inProgram = frames.find(({ file }) => file === sbx.programName);
    const { file, line, column } = frames.find(({ file }) => file === sbx.programName || file.startsWith('/')) ?? frames[0];
    let source = file === sbx.programName ? native.sourceLine(line) : undefined;
    if (source === undefined && file.startsWith('/')) {
      try {
        source = native.decode(native.readFile(file)).split('\n')[line - 1];
      } catch { /* it is not there any more */ }
    }
    let shown = `${file}:${line}`;
    if (source !== undefined && source.length <= 400) shown += `\n${source}\n${source.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`;
    return { shown, programLine: inProgram?.line ?? null };
  }

  function details(error, { kind, message }) {
    const text = (key) => (typeof read(error, key) === 'string' ? clean(read(error, key)) : null);
    const errno = read(error, 'errno');
    const missingExport = kind === 'SyntaxError' ? /^Could not find export '(.+)' in module '(.+)'$/.exec(message) : null;
    const code = missingExport ? 'MISSING_EXPORT' : text('code') ?? (sbx.metEmptyInput ? 'EMPTY_INPUT' : null);
    const undefinedName = kind === 'ReferenceError' ? /^(\w+) is not defined$/.exec(message)?.[1] : undefined;
    return {
      code, module: text('module'), nearest: missingExport ? sbx.nearestExport(missingExport[2], missingExport[1]) ?? null : text('nearest'), filename: text('path'), errno: Number.isInteger(errno) ? errno : null,
      feature: text('feature') ?? MISSING_GLOBALS[undefinedName] ?? null,
    };
  }

  function abandon() {
    sbx.abandonTimers();
    sbx.resetConsole();
  }

  sbx.hooks = { open, prepare, report, abandon, step: sbx.step, rejection: sbx.rejection, resolve: sbx.resolve, load: sbx.load, meta: sbx.meta };
});
