// Modules: how names become files, and how CommonJS and ES modules get along.
(function (sbx) {
  'use strict';
  const { native, path, builtins, vendored, define, KIND } = sbx;
  const EXTENSIONS = ['', '.js', '.mjs', '.cjs', '.json', '.ts', '.mts'];
  // Where the vendored packages are, after all folders that a program can put some into.
  const PACKAGES = '/usr/local/lib/node_modules';
  const INDEXES = ['/index.js', '/index.mjs', '/index.cjs', '/index.json', '/index.ts'];
  // What the sandbox has nothing of, by the module that would bring it.
  const MISSING_FEATURES = {
    __proto__: null, http: 'network', https: 'network', http2: 'network', net: 'network', dns: 'network', tls: 'network', dgram: 'network', ws: 'network', axios: 'network', 'node-fetch': 'network', undici: 'network',
    child_process: 'subprocess', cluster: 'subprocess', worker_threads: 'threads',
  };

  const NOT_THERE = { __proto__: null, network: 'is no network', subprocess: 'are no processes', threads: 'are no threads' };

  function kindOf(file) {
    try {
      return native.stat(file)[0] & KIND.mask;
    } catch {
      return 0;
    }
  }
  const isFile = (file) => kindOf(file) === KIND.file;
  const isDir = (file) => kindOf(file) === KIND.dir;
  const textOf = (file) => native.decode(native.readFile(file)).replace(/^\ufeff/, '');

  function packageOf(folder) {
    if (!isFile(`${folder}/package.json`)) return {};
    try {
      return JSON.parse(textOf(`${folder}/package.json`)) ?? {};
    } catch (error) {
      throw new SyntaxError(`${folder}/package.json: ${error.message}`, { cause: error });
    }
  }

  // Descriptions below this folder are read once; an interpreter may be woken over other packages, whose folder has another time.
  let descriptions = { __proto__: null };
  let laidOutAt;
  function descriptionOf(folder) {
    if (!folder.startsWith(PACKAGES)) return packageOf(folder);
    descriptions[folder] ??= packageOf(folder);
    return descriptions[folder];
  }

  function forgetOtherPackages() {
    let time;
    try {
      [, , time] = native.stat(PACKAGES);
    } catch { /* there are none */ }
    if (time !== laidOutAt) [descriptions, laidOutAt] = [{ __proto__: null }, time];
  }

  // What the nearest description says of the files below it: `module`, `commonjs`, or nothing.
  function typeOf(file) {
    for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
      if (isFile(`${folder}/package.json`)) return descriptionOf(folder).type;
      if (folder === '/' || folder.endsWith('/node_modules')) return undefined;
    }
  }

  // The target of an entry of `exports` under these conditions.
  function pick(entry, conditions) {
    if (typeof entry === 'string') return entry;
    if (Array.isArray(entry)) return entry.map((each) => pick(each, conditions)).find((each) => each !== undefined);
    if (typeof entry !== 'object' || entry === null) return undefined;
    for (const [condition, target] of Object.entries(entry)) {
      const picked = condition === 'default' || conditions.includes(condition) ? pick(target, conditions) : undefined;
      if (picked !== undefined) return picked;
    }
    return undefined;
  }

  function exported(description, subpath, isImport) {
    const { exports } = description;
    if (exports === undefined || exports === null) return undefined;
    // A package that has only one form is taken in it: each can load the other.
    return targetOf(exports, subpath, [isImport ? 'import' : 'require', 'module-sync', 'node', ...(isImport ? ['module'] : [])]) ?? targetOf(exports, subpath, ['import', 'require', 'module-sync', 'node', 'module']);
  }

  function targetOf(exports, subpath, conditions) {
    const hasPaths = typeof exports === 'object' && !Array.isArray(exports) && Object.keys(exports).some((key) => /^[.#]/.test(key));
    if (!hasPaths) return subpath === '.' ? pick(exports, conditions) : undefined;
    if (Object.hasOwn(exports, subpath)) return pick(exports[subpath], conditions);
    // Of several patterns the longest counts, whatever their order.
    for (const key of Object.keys(exports).sort((a, b) => b.length - a.length)) {
      const [start, end] = key.split('*');
      if (end === undefined || !subpath.startsWith(start) || !subpath.endsWith(end) || subpath.length < key.length) continue;
      return pick(exports[key], conditions)?.replaceAll('*', subpath.slice(start.length, subpath.length - end.length));
    }
    return undefined;
  }

  function asFile(file, isImport) {
    for (const extension of EXTENSIONS) if (isFile(file + extension)) return file + extension;
    // TypeScript names the file that would be made of the one that is there.
    if (/\.m?js$/.test(file) && isFile(file.replace(/js$/, 'ts'))) return file.replace(/js$/, 'ts');
    return isDir(file) ? asFolder(file, isImport) : undefined;
  }

  function asFolder(folder, isImport) {
    const description = descriptionOf(folder);
    const entry = exported(description, '.', isImport) ?? (isImport ? description.module : undefined) ?? description.main;
    const main = typeof entry === 'string' && path.normalize(entry) !== './' && path.normalize(entry) !== '.' ? asFile(path.join(folder, entry), isImport) : undefined;
    if (main) return main;
    const index = INDEXES.find((each) => isFile(folder + each));
    return index && folder + index;
  }

  function inNodeModules(from, name, isImport) {
    const [, packageName, rest] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(name) ?? [];
    if (packageName === undefined) return undefined;
    const inside = (root) => {
      if (!isDir(root)) return undefined;
      const target = rest ? exported(descriptionOf(root), `.${rest}`, isImport) : undefined;
      return !rest ? asFolder(root, isImport) : asFile(target ? path.join(root, target) : root + rest, isImport);
    };
    for (let folder = from; ; folder = path.dirname(folder)) {
      const found = inside(`${folder === '/' ? '' : folder}/node_modules/${packageName}`);
      if (found) return found;
      if (folder === '/') return inside(`${PACKAGES}/${packageName}`);
    }
  }

  // What a package calls its own files: `#name` is in the `imports` of its description.
  function inImports(from, name, isImport) {
    for (let folder = from; ; folder = path.dirname(folder)) {
      if (isFile(`${folder}/package.json`)) {
        const { imports } = descriptionOf(folder);
        const target = imports ? targetOf(imports, name, [isImport ? 'import' : 'require', 'node']) : undefined;
        if (target === undefined) return undefined;
        return target.startsWith('.') ? asFile(path.join(folder, target), isImport) : resolve(`${folder}/package.json`, target, isImport);
      }
      if (folder === '/') return undefined;
    }
  }

  // The id of a module: a path, or `node:name`, or `vendored:name`.
  function resolve(base, request, isImport) {
    let name = request;
    if (/^(node|qjs):/.test(name)) {
      if (name in builtins) return `node:${name}`;
      if (name.startsWith('node:') && name.slice(5) in builtins) return `node:${name.slice(5)}`;
    } else if (name in builtins) {
      return `node:${name}`;
    }
    if (name.startsWith('file://')) name = sbx.pathOf(new URL(name));
    const folder = base.startsWith('/') ? path.dirname(base) : sbx.getCwd();
    const isPath = /^(\/|\.{1,2}(\/|$))/.test(name);
    const found = isPath ? asFile(path.resolve(folder, name), isImport) : name.startsWith('#') ? inImports(folder, name, isImport) : inNodeModules(folder, name, isImport) ?? (name in vendored ? `vendored:${name}` : asFile(path.resolve(sbx.getCwd(), name), isImport));
    if (found) return found;
    const plain = name.replace(/^node:/, '');
    const feature = isPath ? undefined : MISSING_FEATURES[plain.split('/')[0]];
    const why = feature ? `: there ${NOT_THERE[feature]} in the sandbox` : '';
    const error = new Error(`Cannot find module '${request}'${base.startsWith('/') && !base.endsWith('/[eval]') ? ` imported from ${base}` : ''}${why}`);
    error.code = isImport ? 'ERR_MODULE_NOT_FOUND' : 'MODULE_NOT_FOUND';
    throw sbx.tag(error, isPath ? { path: path.resolve(folder, name) } : { module: plain, feature, nearest: nearest(plain, [...Object.keys(builtins), ...Object.keys(vendored), ...packagesIn(`${folder}/node_modules`), ...packagesIn(PACKAGES)]) });
  }

  function packagesIn(folder) {
    try {
      return native.readdir(folder).flatMap(([name]) => (name.startsWith('@') ? packagesIn(`${folder}/${name}`).map((each) => `${name}/${each}`) : [name]));
    } catch {
      return [];
    }
  }

  // The name that is spelt most alike, if one is: two letters may differ, of short names one.
  function nearest(wanted, names) {
    const limit = wanted.length < 5 ? 1 : 2;
    let best;
    let least = limit + 1;
    for (const name of names) {
      if (Math.abs(name.length - wanted.length) > limit || name === wanted) continue;
      const far = distance(wanted, name);
      if (far < least) [best, least] = [name, far];
    }
    return best;
  }

  // How many letters must be changed, added or taken away.
  function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      row = next;
    }
    return row[b.length];
  }

  function isTypeScript(file) {
    return /\.[mc]?ts$/.test(file);
  }
  const sourceOf = (file) => (isTypeScript(file) ? sbx.transform(textOf(file), file) : textOf(file));

  // A file that does not say by its name what it is: CommonJS unless it imports or exports.
  function isCommonJs(file, source) {
    if (file.endsWith('.cjs') || file.endsWith('.cts')) return true;
    if (/\.m[jt]s$/.test(file)) return false;
    const type = typeOf(file);
    if (type === 'module' || type === 'commonjs') return type === 'commonjs';
    const text = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    // A name may begin with the word, and `import(` is for both.
    if (/^\s*(import(\s+\w|\s*[{*"'])|export(\s+\w|\s*[{*]))/m.test(text)) return false;
    return /\b(module\.exports|exports\s*[.[]|require\s*\()/.test(text);
  }

  const cache = Object.create(null);
  // What `module` and `require.main` are in the program itself.
  const main = { exports: {}, id: '.', filename: '/app/[eval]', loaded: false, children: [], paths: [] };

  function evaluateCommonJs(module, source) {
    const file = module.filename;
    const call = native.evaluate(`(function (exports, require, module, __filename, __dirname) {${source.replace(/^#!.*/, '')}\n})`, file);
    call.call(module.exports, module.exports, module.require, module, file, path.dirname(file));
  }

  function requireFrom(base) {
    function require(request) {
      const id = resolve(base(), String(request), false);
      if (id.startsWith('node:')) return builtins[id.slice(5)];
      if (id.startsWith('vendored:')) return vendored[id.slice(9)];
      return loadCommonJs(id).exports;
    }
    require.resolve = (request) => resolve(base(), String(request), false).replace(/^(node|vendored):/, '');
    require.cache = cache;
    require.main = main;
    return require;
  }

  function loadCommonJs(file) {
    if (cache[file]) return cache[file];
    const module = { exports: {}, id: file, filename: file, path: path.dirname(file), loaded: false, children: [], paths: [] };
    module.require = requireFrom(() => file);
    cache[file] = module;
    try {
      if (file.endsWith('.json')) module.exports = parseJson(file);
      else {
        const source = sourceOf(file);
        if (!isCommonJs(file, source) && (typeOf(file) === 'module' || /\.m[jt]s$/.test(file) || /^\s*(import|export)\b|[;}]\s*export\s*\{/m.test(source))) {
          throw Object.assign(new Error(`require() of the ES module ${file}: use \`import\`, or \`await import(…)\` in a script`), { code: 'ERR_REQUIRE_ESM' });
        }
        evaluateCommonJs(module, source);
      }
      module.loaded = true;
    } catch (error) {
      delete cache[file];
      throw error;
    }
    return module;
  }

  function parseJson(file) {
    try {
      return JSON.parse(textOf(file));
    } catch (error) {
      throw new SyntaxError(`${file}: ${error.message}`, { cause: error });
    }
  }

  // What every function has.
  const OF_FUNCTIONS = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);
  const NAME = /^[A-Za-z_$][\w$]*$/;
  // `[names, values]` of a module that is made of an object.
  function synthetic(object) {
    const hasMembers = (typeof object === 'object' && object !== null) || typeof object === 'function';
    // Static methods of a class are not enumerable.
    const keys = typeof object === 'function' ? Object.getOwnPropertyNames(object).filter((name) => !OF_FUNCTIONS.has(name)) : hasMembers ? Object.keys(object) : [];
    const names = keys.filter((name) => name !== 'default' && NAME.test(name));
    // What was an ES module before someone translated it keeps its default.
    const byDefault = hasMembers && object.__esModule === true && 'default' in object ? object.default : object;
    return [['default', ...names], [byDefault, ...names.map((name) => object[name])]];
  }

  // Text of an ES module, or `[names, values]`.
  function load(id, type) {
    if (id.startsWith('node:')) return synthetic(builtins[id.slice(5)]);
    if (id.startsWith('vendored:')) return synthetic(vendored[id.slice(9)]);
    if (type === 'text') return [['default'], [textOf(id)]];
    if (type === 'bytes') return [['default'], [native.readFile(id)]];
    if (type === 'json' || id.endsWith('.json')) return [['default'], [parseJson(id)]];
    const source = sourceOf(id);
    return isCommonJs(id, source) ? synthetic(loadCommonJs(id).exports) : source.replace(/^#!.*/, '');
  }

  function meta(target, name) {
    const file = name.startsWith('/') ? name : path.resolve(sbx.getCwd(), name);
    Object.assign(target, {
      url: `file://${file}`, filename: file, dirname: path.dirname(file), main: name === sbx.programName,
      resolve: (request) => {
        const id = resolve(name, String(request), true);
        return id.startsWith('/') ? `file://${id}` : id;
      },
    });
  }

  const mainRequire = requireFrom(() => main.filename);
  define('require', mainRequire);
  define('module', main);
  define('exports', main.exports);
  main.require = mainRequire;
  builtins.module = { createRequire: (from) => requireFrom(() => (String(from).startsWith('file:') ? sbx.pathOf(new URL(from)) : String(from))), builtinModules: Object.keys(builtins) };

  Object.assign(sbx, {
    resolve: (base, name) => resolve(base, name, true),
    load, meta,
    nearestExport: (id, name) => nearest(name, Object.keys(id.startsWith('node:') ? builtins[id.slice(5)] : id.startsWith('vendored:') ? vendored[id.slice(9)] : {})),
    require: mainRequire,
    setMain(file) {
      forgetOtherPackages();
      main.filename = file;
      main.exports = {};
      define('exports', main.exports);
      define('module', main);
      define('__filename', file);
      define('__dirname', path.dirname(file));
    },
  });
});
