// Takes the types out of TypeScript by means of the package `sucrase`, whose modules set-up puts where the mark is.
// Lines stay as they are. Parsing happens here and not in the host: text that overflows a parser harms its own run alone.
(function (sbx) {
  'use strict';
  const modules = {
    __proto__: null,
/* modules */
  };
  // Nothing that is used of the package needs these.
  const outside = {
    __proto__: null,
    'lines-and-columns': {},
    '@jridgewell/gen-mapping': {},
    'ts-interface-checker': { createCheckers: () => ({ Options: { strictCheck() {} } }), union() {}, lit() {}, iface() {}, array() {}, opt() {} },
  };
  const loaded = { __proto__: null };

  function load(name) {
    if (loaded[name]) return loaded[name].exports;
    const module = { exports: {} };
    loaded[name] = module;
    const folder = name.split('/').slice(0, -1);
    modules[name](module.exports, (request) => {
      if (!request.startsWith('.')) return outside[request];
      const path = [...folder];
      for (const part of request.split('/')) {
        if (part === '..') path.pop();
        else if (part !== '.') path.push(part);
      }
      const joined = path.join('/');
      return load([joined, `${joined}.js`, `${joined}/index.js`].find((each) => each in modules));
    }, module);
    return module.exports;
  }

  const { transform } = load('index.js');
  const { parse } = load('parser/index.js');
  const { TokenType } = load('parser/tokenizer/types.js');

  function syntaxError(message, name, line, column) {
    const error = new SyntaxError(message);
    Object.defineProperty(error, 'stack', { value: `    at ${name}:${line}:${column}\n`, writable: true, configurable: true });
    return error;
  }

  // A namespace has values, which would silently be gone with its types.
  function refuseNamespaces(code, name) {
    if (!/\b(namespace|module)\b/.test(code)) return;
    const { tokens } = parse(code, false, true, false);
    const text = ({ start, end }) => code.slice(start, end);
    for (let at = 0; at + 2 < tokens.length; at++) {
      const word = text(tokens[at]);
      if (!tokens[at].isType || (word !== 'namespace' && word !== 'module') || tokens[at + 1].type !== TokenType.name) continue;
      let next = at + 2;
      while (next + 1 < tokens.length && tokens[next].type === TokenType.dot) next += 2;
      if (tokens[next]?.type !== TokenType.braceL || (at > 0 && text(tokens[at - 1]) === 'declare')) continue;
      const before = code.slice(0, tokens[at].start).split('\n');
      throw syntaxError('TypeScript namespaces are not supported here: use a module or an object', name, before.length, before.at(-1).length + 1);
    }
  }

  sbx.transform = (code, name) => {
    try {
      refuseNamespaces(code, name);
      return transform(code, { transforms: ['typescript'], disableESTransforms: true, filePath: name }).code;
    } catch (error) {
      const place = error instanceof SyntaxError && typeof error.message === 'string' ? /^(?:Error transforming [^]*?: )?([^]*) \((\d+):(\d+)\)$/.exec(error.message) : null;
      throw place ? syntaxError(place[1], name, Number(place[2]), Number(place[3])) : error;
    }
  };
});
