// `sandbox-utils` (also `sandbox_utils`): what the shell's commands do, for files of the workspace, by `import`, `require` or
// `requireVendor`. The same set as Python's `sandbox_utils`. Installed after helpers.js, before modules.js; shelldata.js
// has the functions for text and data.
//
// A relative path is under /app, wherever the working directory is. Every path that a caller gives goes through `place` or
// `inside` once: that keeps a program to its workspace for its own good (a path typed by mistake, a link in an archive);
// the sandbox's limits do not depend on it. Text is UTF-8. Listings are sorted, so the same files give the same answer.
(function (sbx) {
  'use strict';
  const { fs, path: paths } = sbx;
  const ROOT = '/app';
  // The runtime's read-only folder; listings leave it out unless they start in it.
  const PACKAGES = '/app/site-packages';
  const MAX_LINKS = 40;

  // ---- paths ----

  const isIn = (full, folder) => full === folder || full.startsWith(`${folder}/`);

  function failure(code, phrase, full) {
    return Object.assign(new Error(`${code}: ${phrase} '${full}'`), { code, path: full });
  }

  // `path` of the error is absolute, and its code one that has advice.
  function outside(path) {
    return Object.assign(new Error(`Path must be within /app: ${path}`), { code: 'EACCES', path: paths.resolve(ROOT, String(path)) });
  }

  // What lies there itself, not what a link there leads to; undefined if nothing does.
  function statusOf(full) {
    try {
      return fs.lstatSync(full);
    } catch (error) {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    }
  }

  // Where a path leads when its links are followed; what is not there, and a link that leads in circles, is taken as it stands.
  function real(full) {
    let target = full;
    for (let n_links = 0; n_links < MAX_LINKS; n_links++) {
      const parts = target.split('/').slice(1);
      const at = parts.findIndex((_, index) => statusOf(`/${parts.slice(0, index + 1).join('/')}`)?.isSymbolicLink());
      if (at < 0) return target;
      const link = `/${parts.slice(0, at + 1).join('/')}`;
      target = paths.resolve(paths.dirname(link), fs.readlinkSync(link), ...parts.slice(at + 1));
    }
    return full;
  }
  const leadsInside = (full) => isIn(real(full), ROOT);

  // The absolute, normal form of a path whose last part may be a link to anywhere.
  function place(path) {
    const text = path instanceof URL ? sbx.pathOf(path) : path;
    if (typeof text !== 'string') throw new TypeError(`a path is text, not ${text === null ? 'null' : typeof text}`);
    if (text.startsWith('/') && !isIn(text, ROOT)) throw outside(path);
    const kept = [];
    for (const part of text.split('/').slice(text.startsWith('/') ? 2 : 0)) {
      if (part === '' || part === '.') continue;
      if (part !== '..') kept.push(part);
      else if (kept.pop() === undefined) throw outside(path);
    }
    const full = [ROOT, ...kept].join('/');
    if (kept.length > 0 && !leadsInside(paths.dirname(full))) throw outside(path);
    return full;
  }

  // The same for a path that is used: links in it must stay within /app.
  function inside(path) {
    const full = place(path);
    if (!leadsInside(full)) throw outside(path);
    return full;
  }

  // The same for a path that is removed or moved: a link is, wherever it leads; /app itself never is.
  function removable(path) {
    const full = place(path);
    if (full === ROOT) throw new Error('cannot remove or move /app itself; do it with what is in it');
    return full;
  }

  // What a path leads to; undefined if nothing is there, or a link that leads in circles.
  function targetOf(full) {
    try {
      return fs.statSync(full);
    } catch {
      return undefined;
    }
  }
  const isFolder = (full) => targetOf(full)?.isDirectory() === true;

  function existing(path) {
    const full = inside(path);
    if (!fs.existsSync(full)) throw failure('ENOENT', 'no such file or directory', full);
    return full;
  }
  function fileAt(path) {
    const full = existing(path);
    if (isFolder(full)) throw failure('EISDIR', 'this is a folder, not a file', full);
    return full;
  }
  function folderAt(path) {
    const full = existing(path);
    if (!isFolder(full)) throw failure('ENOTDIR', 'this is a file, not a folder', full);
    return full;
  }

  // Where `source` lands: under its own name if `dst` is a folder.
  function into(dst, source) {
    const target = inside(dst);
    return isFolder(target) ? inside(`${target}/${paths.basename(source)}`) : target;
  }

  function notIntoItself(source, target, verb) {
    if (isIn(target, source)) throw new Error(`cannot ${verb} ${source} into itself: ${target}`);
  }

  // `{name, full, isDir, isLink}` of what is in a folder, sorted by name.
  function listing(folder) {
    return fs.readdirSync(folder, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, full: `${folder}/${entry.name}`, isDir: entry.isDirectory(), isLink: entry.isSymbolicLink() }))
      .filter(({ full }) => full !== PACKAGES);
  }

  function* below(folder, isRecursive) {
    for (const entry of listing(folder)) {
      yield entry;
      if (isRecursive && entry.isDir) yield* below(entry.full, true);
    }
  }

  const readText = (full) => fs.readFileSync(full, 'utf8').replace(/^\ufeff/, '');
  // Lines with their line ends, which are line feeds alone.
  const linesOf = (text) => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

  function give(text, output) {
    if (output !== undefined && output !== null) fs.writeFileSync(inside(output), text);
    return text;
  }

  // Trailing arguments: one object of options, or the values in their order.
  function optionsOf(args, defaults) {
    const names = Object.keys(defaults);
    const [first] = args;
    if (typeof first !== 'object' || first === null) return Object.fromEntries(names.map((name, index) => [name, args[index] ?? defaults[name]]));
    for (const name of Object.keys(first)) if (!names.includes(name)) throw new TypeError(`there is no option ${name}; there are: ${names.join(', ')}`);
    return { ...defaults, ...first };
  }

  function countOf(lines) {
    if (!Number.isInteger(lines) || lines < 0) throw new RangeError(`lines must be a whole number from 0, not ${lines}`);
    return lines;
  }

  // ---- patterns ----

  // `a.{js,ts}` is two patterns.
  function braces(pattern) {
    const [found, inner] = /\{([^{}]*,[^{}]*)\}/.exec(pattern) ?? [];
    if (found === undefined) return [pattern];
    return inner.split(',').flatMap((each) => braces(pattern.replace(found, () => each)));
  }

  // A test for names, or for paths where the pattern has slashes: `*`, `?`, `[abc]`, `[!abc]`, `{a,b}`, and `**` for any folders.
  function globTest(pattern) {
    const sources = braces(String(pattern)).map((each) => each.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|[.+^${}()|\\[\]]/g, (token) => {
      if (token === '**/') return '(?:.*/)?';
      if (token === '**') return '.*';
      if (token === '*') return '[^/]*';
      if (token === '?') return '[^/]';
      return token.length > 1 ? token.replace(/^\[[!^]/, '[^').replaceAll('\\', '\\\\') : `\\${token}`;
    }));
    const search = new RegExp(`^(?:${sources.join('|')})$`, 'su');
    return (text) => search.test(text);
  }

  // The regular expression with these flags added; of its own without those that make a search begin elsewhere.
  function regExp(pattern, added) {
    if (!(pattern instanceof RegExp)) return new RegExp(pattern, added);
    return new RegExp(pattern.source, [...new Set(pattern.flags.replace(/[gy]/g, '') + added)].join(''));
  }

  // ---- files ----

  /**
   * Files and folders whose name matches a glob pattern, as absolute paths, sorted.
   * A pattern with a slash is compared with the end of the path below `path`; `**` stands for any folders.
   * @param {string|RegExp} pattern such as `*.csv`, `*.{js,ts}`, `data/**\/*.json`; a regular expression is for names
   * @param {string} [path] folder to look in, by default `/app`
   * @param {boolean|{recursive: boolean}} [recursive] whether to look in the folders below too, by default true
   * @returns {string[]}
   * @throws {Error} if a path is not within /app (`EACCES`), not there (`ENOENT`) or no folder (`ENOTDIR`)
   */
  function find(pattern, path = ROOT, ...options) {
    const { recursive } = optionsOf(options, { recursive: true });
    const start = folderAt(path);
    if (pattern instanceof RegExp) return [...below(start, recursive)].filter(({ name }) => regExp(pattern, '').test(name)).map(({ full }) => full);
    let wanted = String(pattern);
    const isAnchored = wanted.startsWith(`${start}/`);
    if (isAnchored) wanted = wanted.slice(start.length + 1);
    if (wanted.startsWith('/') || wanted.split('/').includes('..')) throw outside(wanted);
    const byName = !wanted.includes('/') && !isAnchored;
    const fits = globTest(byName || isAnchored ? wanted : `{${wanted},**/${wanted}}`);
    const found = [];
    for (const { name, full } of below(start, recursive)) if (fits(byName ? name : full.slice(start.length + 1))) found.push(full);
    return found;
  }

  /**
   * A drawing of a folder, as the shell's `tree`; folders end in a slash.
   * @param {string} [path] by default `/app`
   * @param {number|{maxDepth: number}} [maxDepth] how many levels are shown, by default all
   * @returns {string} without a line end
   */
  function tree(path = ROOT, ...options) {
    const { maxDepth } = optionsOf(options, { maxDepth: Infinity });
    const start = folderAt(path);
    const lines = [start];
    const draw = (folder, indent, depth) => {
      if (depth > maxDepth) return;
      const entries = listing(folder);
      entries.forEach(({ name, full, isDir, isLink }, index) => {
        const isLast = index === entries.length - 1;
        lines.push(`${indent}${isLast ? '└── ' : '├── '}${name}${isDir ? '/' : isLink ? ` -> ${fs.readlinkSync(full)}` : ''}`);
        if (isDir) draw(full, indent + (isLast ? '    ' : '│   '), depth + 1);
      });
    };
    draw(start, '', 1);
    return lines.join('\n');
  }

  /**
   * Every file below a folder, as absolute paths, sorted.
   * @param {string} [path] by default `/app`
   * @param {function(string): boolean} [filter] keeps the paths for which it is true, by default all
   * @returns {string[]}
   */
  function walk(path = ROOT, filter = undefined) {
    const found = [];
    for (const { full, isDir, isLink } of below(folderAt(path), true)) {
      if (isDir || (isLink && !(leadsInside(full) && targetOf(full)?.isFile()))) continue;
      if (!filter || filter(full)) found.push(full);
    }
    return found;
  }

  /**
   * Copies what is in folder `src` into folder `dst`, which is made if it is missing. Files there are replaced, links copied as
   * links.
   * @throws {Error} if a path, or where a link in the folder leads, is not within /app, and if `dst` is in `src`
   */
  function copyTree(src, dst) {
    const [source, target] = [folderAt(src), inside(dst)];
    notIntoItself(source, target, 'copy');
    const entries = [...below(source, true)];
    for (const { full, isLink } of entries) if (isLink && !leadsInside(full)) throw outside(full);
    fs.mkdirSync(target, { recursive: true });
    for (const { full, isDir, isLink } of entries) {
      const there = target + full.slice(source.length);
      if (isDir) {
        fs.mkdirSync(there, { recursive: true });
      } else if (isLink) {
        if (statusOf(there)) fs.unlinkSync(there);
        fs.symlinkSync(fs.readlinkSync(full), there);
      } else {
        fs.copyFileSync(full, inside(there));
      }
    }
  }

  /**
   * Removes a folder and all in it; with a pattern only the files below it whose names match, and no folder.
   * @param {string} path
   * @param {string} [pattern] a glob pattern for names, such as `*.tmp`
   */
  function removeTree(path, pattern = undefined) {
    if (pattern === undefined || pattern === null) {
      const full = removable(path);
      const status = statusOf(full);
      if (status && !status.isDirectory()) throw failure('ENOTDIR', 'this is not a folder', full);
      fs.rmSync(full, { recursive: true });
      return;
    }
    const fits = globTest(pattern);
    for (const { name, full, isDir } of [...below(folderAt(path), true)]) if (!isDir && fits(name)) fs.unlinkSync(full);
  }

  // ---- shell ----

  function details(name, full) {
    const status = fs.lstatSync(full);
    const type = status.isSymbolicLink() ? 'link' : status.isDirectory() ? 'directory' : 'file';
    const permissions = { link: 'lrwxrwxrwx', directory: 'drwxr-xr-x', file: '-rw-r--r--' }[type];
    return {
      name, size: status.size, type, isDir: type === 'directory', modified: status.mtime.toISOString(),
      permissions: isIn(full, PACKAGES) ? permissions.replaceAll('w', '-') : permissions,
    };
  }

  /**
   * The names in a folder, sorted; of a file its own name.
   * @param {string} [path] by default `/app`
   * @param {{all: boolean, long: boolean}} [options] `all`: those too that begin with a dot, by default false; `long`: objects
   *   with name, size in bytes, type (`file`, `directory`, `link`), isDir, modified (ISO time, UTC) and permissions, which are
   *   fixed, by default false
   * @returns {string[]|Object[]}
   */
  function ls(path = ROOT, ...options) {
    const { all, long } = optionsOf(options, { all: false, long: false });
    const start = existing(path);
    let found = [{ name: paths.basename(start), full: start }];
    if (isFolder(start)) found = all ? fs.readdirSync(start).map((name) => ({ name, full: `${start}/${name}` })) : listing(start).filter(({ name }) => !name.startsWith('.'));
    return found.map(({ name, full }) => (long ? details(name, full) : name));
  }

  /**
   * The contents of text files, one after the other. Returns the text and prints nothing.
   * @param {...string} files
   * @returns {string}
   */
  const cat = (...files) => files.flat().map((file) => readText(fileAt(file))).join('');

  /**
   * Makes an empty file, or sets an existing file's time to now.
   * @param {string} file
   */
  function touch(file) {
    const full = inside(file);
    if (!fs.existsSync(full)) return fs.writeFileSync(full, '');
    const now = new Date();
    fs.utimesSync(full, now, now);
  }

  /**
   * Makes a folder.
   * @param {string} path
   * @param {boolean|{parents: boolean}} [parents] with those above it, and content if it is there, by default true; false is
   *   strict in both (`ENOENT`, `EEXIST`). The option may be called `recursive` too, as in Node
   */
  function mkdir(path, ...options) {
    const { parents, recursive } = optionsOf(options, { parents: true, recursive: true });
    fs.mkdirSync(inside(path), { recursive: parents && recursive });
  }

  /**
   * Removes a file, or a folder with all in it. Of a symbolic link the link is removed, wherever it leads.
   * @param {string} path
   * @param {{recursive: boolean, force: boolean}} [options] `recursive`: folders too, by default false; `force`: a missing path
   *   is no error, by default false
   * @throws {Error} if the path is a folder (`EISDIR`), not there (`ENOENT`), or /app itself
   */
  function rm(path, ...options) {
    const { recursive, force } = optionsOf(options, { recursive: false, force: false });
    const full = removable(path);
    const status = statusOf(full);
    if (!status && force) return;
    if (!status) throw failure('ENOENT', 'no such file or directory', full);
    if (status.isDirectory() && !recursive) throw failure('EISDIR', 'this is a folder, use {recursive: true}', full);
    fs.rmSync(full, { recursive });
  }

  /**
   * Copies a file, or a folder with all in it; if `dst` is a folder, into it under the same name. A file there is replaced.
   * @param {string} src
   * @param {string} dst
   * @param {boolean|{recursive: boolean}} [recursive] folders too, by default false
   */
  function cp(src, dst, ...options) {
    const { recursive } = optionsOf(options, { recursive: false });
    const source = existing(src);
    const target = into(dst, source);
    if (isFolder(source)) {
      if (!recursive) throw failure('EISDIR', 'this is a folder, use {recursive: true}', source);
      copyTree(source, target);
    } else {
      if (real(source) === real(target)) throw new Error(`${source} and ${target} are the same file`);
      fs.copyFileSync(source, target);
    }
  }

  /**
   * Moves or renames a file or folder; if `dst` is a folder, into it under the same name. A file there is replaced.
   * @param {string} src
   * @param {string} dst
   */
  function mv(src, dst) {
    const source = removable(src);
    if (!statusOf(source)) throw failure('ENOENT', 'no such file or directory', source);
    const target = into(dst, source);
    if (target === source) return;
    notIntoItself(source, target, 'move');
    fs.renameSync(source, target);
  }

  /**
   * Prints a text, or writes it with a line end into a file.
   * @param {*} text
   * @param {string} [file] by default it is printed
   * @param {boolean|{append: boolean}} [append] extends the file in place of replacing it, by default false
   * @returns {string} the text, without the line end
   */
  function echo(text, file = undefined, ...options) {
    const { append } = optionsOf(options, { append: false });
    const shown = String(text);
    if (file === undefined || file === null) sbx.emit(1, shown);
    else fs.writeFileSync(inside(file), `${shown}\n`, { flag: append ? 'a' : 'w' });
    return shown;
  }
  const utils = { find, tree, walk, copyTree, removeTree, ls, cat, touch, mkdir, rm, cp, mv, echo };
  sbx.shell = { outside, inside, isFolder, fileAt, below, readText, linesOf, give, optionsOf, countOf, globTest, regExp, walk };
  Object.assign(sbx.vendored, { 'sandbox-utils': utils, sandbox_utils: utils });
});
