// `node:path` and `node:fs`. Everything is synchronous underneath: files are in memory, so there is nothing to wait for.
(function (sbx) {
  'use strict';
  const { native, bytesOf, bufferView, textToBytes, bytesToText } = sbx;
  let cwd = '/app';

  // ---- paths ----

  function checkText(value, name) {
    if (typeof value === 'string') return;
    const error = new TypeError(`The "${name}" argument must be of type string. Received ${sbx.inspect(value)}`);
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }

  const path = {
    sep: '/',
    delimiter: ':',
    isAbsolute(text) {
      checkText(text, 'path');
      return text.startsWith('/');
    },
    normalize(text) {
      checkText(text, 'path');
      if (text === '') return '.';
      const isAbsolute = text.startsWith('/');
      const kept = [];
      for (const part of text.split('/')) {
        if (part === '' || part === '.') continue;
        if (part !== '..') kept.push(part);
        else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
        else if (!isAbsolute) kept.push('..');
      }
      const joined = (isAbsolute ? '/' : '') + kept.join('/');
      if (joined === '') return text.endsWith('/') ? './' : '.';
      return text.endsWith('/') && joined !== '/' ? `${joined}/` : joined;
    },
    join(...parts) {
      for (const part of parts) checkText(part, 'path');
      return path.normalize(parts.filter((part) => part !== '').join('/'));
    },
    resolve(...parts) {
      let resolved = '';
      for (const part of [cwd, ...parts]) {
        checkText(part, 'path');
        if (part.startsWith('/')) resolved = part;
        else if (part !== '') resolved += `/${part}`;
      }
      const normal = path.normalize(resolved);
      return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
    },
    dirname(text) {
      checkText(text, 'path');
      const trimmed = text.replace(/(?<=.)\/+$/, '');
      const at = trimmed.lastIndexOf('/');
      return at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at).replace(/(?<=.)\/+$/, '');
    },
    basename(text, suffix) {
      checkText(text, 'path');
      const name = text.replace(/\/+$/, '').split('/').at(-1);
      return suffix && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name;
    },
    extname(text) {
      const name = path.basename(text);
      const at = name.lastIndexOf('.');
      return at <= 0 || /^\.+$/.test(name.slice(0, at + 1)) && name === '..' ? '' : name.slice(at);
    },
    relative(from, to) {
      const start = path.resolve(from).split('/').filter(Boolean);
      const end = path.resolve(to).split('/').filter(Boolean);
      let same = 0;
      while (same < start.length && same < end.length && start[same] === end[same]) same++;
      return [...start.slice(same).map(() => '..'), ...end.slice(same)].join('/');
    },
    parse(text) {
      const base = path.basename(text);
      const ext = path.extname(text);
      const root = text.startsWith('/') ? '/' : '';
      const dir = path.dirname(text);
      return { root, dir: dir === '.' && !text.includes('/') ? '' : dir, base, ext, name: ext ? base.slice(0, -ext.length) : base };
    },
    format({ root = '', dir, base, name = '', ext = '' }) {
      const file = base ?? name + (ext && !ext.startsWith('.') ? `.${ext}` : ext);
      const folder = dir ?? root;
      return folder === '' ? file : folder.endsWith('/') ? folder + file : `${folder}/${file}`;
    },
    toNamespacedPath: (text) => text,
    matchesGlob: (text, pattern) => globToRegExp(pattern).test(text),
  };
  path.posix = path;

  function globToRegExp(pattern) {
    const source = pattern.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]*\]|[.+^${}()|\\]/g, (token) => {
      if (token === '**/') return '(?:.*/)?';
      if (token === '**') return '.*';
      if (token === '*') return '[^/]*';
      if (token === '?') return '[^/]';
      return token.startsWith('[') ? token.replace(/^\[!/, '[^') : `\\${token}`;
    });
    return new RegExp(`^${source}$`);
  }

  function pathOf(value) {
    if (value instanceof URL) {
      if (value.protocol !== 'file:') throw Object.assign(new TypeError('The URL must be of scheme file'), { code: 'ERR_INVALID_URL_SCHEME' });
      return sbx.unescape(value.pathname);
    }
    const text = ArrayBuffer.isView(value) ? native.decode(bytesOf(value)) : value;
    checkText(text, 'path');
    if (text.includes('\0')) throw Object.assign(new TypeError('The argument "path" must be a string without null bytes'), { code: 'ERR_INVALID_ARG_VALUE' });
    return path.resolve(text);
  }

  // ---- what `stat` and `readdir` answer ----

  const KIND = { mask: 0o170000, file: 0o100000, dir: 0o040000, link: 0o120000, char: 0o020000 };

  class Stats {
    constructor([mode, size, mtimeMs, atimeMs, ctimeMs, ino, dev, nlink]) {
      Object.assign(this, { dev, mode, nlink, uid: 0, gid: 0, rdev: 0, blksize: 4096, ino, size, blocks: Math.ceil(size / 512), atimeMs, mtimeMs, ctimeMs, birthtimeMs: ctimeMs });
      Object.assign(this, { atime: new Date(atimeMs), mtime: new Date(mtimeMs), ctime: new Date(ctimeMs), birthtime: new Date(ctimeMs) });
    }
    isFile() { return (this.mode & KIND.mask) === KIND.file; }
    isDirectory() { return (this.mode & KIND.mask) === KIND.dir; }
    isSymbolicLink() { return (this.mode & KIND.mask) === KIND.link; }
    isCharacterDevice() { return (this.mode & KIND.mask) === KIND.char; }
    isBlockDevice() { return false; }
    isFIFO() { return false; }
    isSocket() { return false; }
  }

  class Dirent {
    #kind;
    constructor(name, kind, parentPath) {
      Object.assign(this, { name, parentPath, path: parentPath });
      this.#kind = kind;
    }
    isFile() { return this.#kind === 1; }
    isDirectory() { return this.#kind === 2; }
    isSymbolicLink() { return this.#kind === 3; }
    isBlockDevice() { return false; }
    isCharacterDevice() { return false; }
    isFIFO() { return false; }
    isSocket() { return false; }
  }

  // ---- reading and writing ----

  const OPEN = { read: 1, write: 2, create: 4, truncate: 8, append: 16, new: 32 };
  const NEW_FILE = OPEN.write | OPEN.create | OPEN.truncate;
  const FLAGS = {
    r: OPEN.read, rs: OPEN.read, 'r+': OPEN.read | OPEN.write, 'rs+': OPEN.read | OPEN.write,
    w: NEW_FILE, wx: NEW_FILE | OPEN.new, 'w+': NEW_FILE | OPEN.read, 'wx+': NEW_FILE | OPEN.read | OPEN.new,
    a: OPEN.write | OPEN.create | OPEN.append, ax: OPEN.write | OPEN.create | OPEN.append | OPEN.new,
    'a+': OPEN.read | OPEN.write | OPEN.create | OPEN.append, 'ax+': OPEN.read | OPEN.write | OPEN.create | OPEN.append | OPEN.new,
  };
  const constants = { F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4, COPYFILE_EXCL: 1, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, S_IFMT: KIND.mask, S_IFREG: KIND.file, S_IFDIR: KIND.dir, S_IFLNK: KIND.link };

  function flagBits(flag) {
    if (typeof flag === 'number') {
      const access = [OPEN.read, OPEN.write, OPEN.read | OPEN.write][flag & 3] ?? OPEN.read;
      return access | (flag & 64 ? OPEN.create : 0) | (flag & 128 ? OPEN.new : 0) | (flag & 512 ? OPEN.truncate : 0) | (flag & 1024 ? OPEN.append : 0);
    }
    if (Object.hasOwn(FLAGS, flag)) return FLAGS[flag];
    throw Object.assign(new TypeError(`The argument 'flags' is invalid. Received ${sbx.inspect(flag)}`), { code: 'ERR_INVALID_ARG_VALUE' });
  }

  const encodingOf = (options) => (typeof options === 'string' ? options : options?.encoding) ?? null;

  function dataBytes(data, encoding) {
    if (typeof data === 'string') return textToBytes(data, encoding);
    if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return bytesOf(data);
    const error = new TypeError(`The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${sbx.inspect(data)}`);
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }

  function writeAll(fd, bytes) {
    for (let at = 0; at < bytes.length;) at += native.writeBytes(fd, bytes, at, bytes.length - at, null);
  }

  const isStdin = (file) => file === 0 || file === '/dev/stdin';

  function failure(code, message, path) {
    return Object.assign(new Error(`${code}: ${message} '${path}'`), { code, path });
  }

  function list(folder, options, prefix, entries) {
    const names = native.readdir(folder);
    names.sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, kind] of names) {
      // The runtime's own folder is not what a program made.
      if (name === 'site-packages' && folder === '/app') continue;
      entries.push(options?.withFileTypes ? new Dirent(name, kind, folder) : prefix + name);
      if (options?.recursive && kind === 2) list(folder === '/' ? `/${name}` : `${folder}/${name}`, options, `${prefix}${name}/`, entries);
    }
    return entries;
  }

  function removeTree(file) {
    for (const [name, kind] of native.readdir(file)) {
      if (kind === 2) removeTree(`${file}/${name}`);
      else native.unlink(`${file}/${name}`);
    }
    native.rmdir(file);
  }

  const sync = {
    readFile(file, options) {
      const target = typeof file === 'number' ? file : pathOf(file);
      const bytes = native.readFile(isStdin(target) ? 0 : target);
      if (isStdin(target) && bytes.length === 0) sbx.metEmptyInput = true;
      const encoding = encodingOf(options);
      return encoding === null || encoding === 'buffer' ? bufferView(bytes) : bytesToText(bytes, encoding);
    },
    writeFile(file, data, options) {
      const bytes = dataBytes(data, encodingOf(options) ?? 'utf8');
      if (typeof file === 'number') return writeAll(file, bytes);
      const fd = native.open(pathOf(file), flagBits(options?.flag ?? 'w'));
      try {
        writeAll(fd, bytes);
      } finally {
        native.close(fd);
      }
    },
    appendFile(file, data, options) { sync.writeFile(file, data, { encoding: encodingOf(options), flag: 'a' }); },
    access(file, mode = 0) {
      let status;
      try {
        status = new Stats(native.stat(pathOf(file)));
      } catch (error) {
        throw Object.assign(error, { syscall: 'access', message: String(error.message).replace(', stat ', ', access ') });
      }
      if (mode & 2 && !status.isDirectory()) native.close(native.open(pathOf(file), OPEN.write));
    },
    stat(file, options) {
      try {
        return new Stats(native.stat(pathOf(file)));
      } catch (error) {
        if (options?.throwIfNoEntry === false && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
        throw error;
      }
    },
    lstat(file) { return new Stats(native.lstat(pathOf(file))); },
    fstat(fd) { return new Stats(native.fstat(fd)); },
    readdir(folder, options) { return list(pathOf(folder), options, '', []); },
    mkdir(folder, options) {
      const target = pathOf(folder);
      if (!options?.recursive) return void native.mkdir(target);
      let first;
      const parts = target.split('/').slice(1);
      for (let n_parts = 1; n_parts <= parts.length; n_parts++) {
        const each = `/${parts.slice(0, n_parts).join('/')}`;
        try {
          native.mkdir(each);
          first ??= each;
        } catch (error) {
          let isThere = false;
          try {
            isThere = new Stats(native.stat(each)).isDirectory();
          } catch { /* the error of mkdir says more */ }
          if (!isThere) throw error;
        }
      }
      return first;
    },
    mkdtemp(prefix) {
      for (;;) {
        const target = `${prefix}${crypto.randomUUID().slice(0, 6)}`;
        try {
          native.mkdir(pathOf(target));
          return target;
        } catch (error) {
          if (error.code !== 'EEXIST') throw error;
        }
      }
    },
    rmdir(folder, options) {
      if (options?.recursive) removeTree(pathOf(folder));
      else native.rmdir(pathOf(folder));
    },
    unlink(file) { native.unlink(pathOf(file)); },
    rm(file, options) {
      const target = pathOf(file);
      let status;
      try {
        status = new Stats(native.lstat(target));
      } catch (error) {
        if (options?.force && error.code === 'ENOENT') return;
        throw error;
      }
      if (!status.isDirectory()) native.unlink(target);
      else if (options?.recursive) removeTree(target);
      else throw Object.assign(failure('ERR_FS_EISDIR', 'Path is a directory: rm returned EISDIR (is a directory)', target), { syscall: 'rm' });
    },
    rename(from, to) { native.rename(pathOf(from), pathOf(to)); },
    copyFile(from, to, mode = 0) { sync.writeFile(to, native.readFile(pathOf(from)), { flag: mode & 1 ? 'wx' : 'w' }); },
    cp(from, to, options) {
      const [source, target] = [pathOf(from), pathOf(to)];
      if (!new Stats(native.stat(source)).isDirectory()) return sync.copyFile(source, target);
      if (!options?.recursive) throw Object.assign(failure('ERR_FS_EISDIR', 'Recursive option not enabled, cannot copy a directory', source), { syscall: 'cp' });
      if (`${target}/`.startsWith(`${source}/`)) throw failure('ERR_FS_CP_EINVAL', 'cannot copy a directory into itself', target);
      sync.mkdir(target, { recursive: true });
      for (const [name] of native.readdir(source)) sync.cp(`${source}/${name}`, `${target}/${name}`, options);
    },
    truncate(file, size = 0) { native.truncate(pathOf(file), size); },
    ftruncate(fd, size = 0) { native.ftruncate(fd, size); },
    symlink(target, file) { native.symlink(String(target), pathOf(file)); },
    link(existing, file) { native.link(pathOf(existing), pathOf(file)); },
    readlink(file) { return native.readlink(pathOf(file)); },
    realpath(file) {
      let target = pathOf(file);
      for (let n_links = 0; n_links < 40; n_links++) {
        const parts = target.split('/').slice(1).filter(Boolean);
        let changed = false;
        for (let n_parts = 1; n_parts <= parts.length && !changed; n_parts++) {
          const each = `/${parts.slice(0, n_parts).join('/')}`;
          if (!new Stats(native.lstat(each)).isSymbolicLink()) continue;
          target = path.resolve(path.dirname(each), native.readlink(each), ...parts.slice(n_parts));
          changed = true;
        }
        if (!changed) return target;
      }
      throw failure('ELOOP', 'too many symbolic links encountered, realpath', target);
    },
    utimes(file, atime, mtime) {
      const toMs = (time) => (time instanceof Date ? time.getTime() : Number(time) * 1000);
      native.utimes(pathOf(file), toMs(atime), toMs(mtime));
    },
    // There are no users and no modes: what could be changed about them is accepted.
    chmod(file) { native.stat(pathOf(file)); },
    chown(file) { native.stat(pathOf(file)); },
    open(file, flag = 'r') { return isStdin(file) ? 0 : native.open(pathOf(file), flagBits(flag)); },
    close(fd) { native.close(fd); },
    fsync() {},
    fdatasync() {},
    exists(file) {
      try {
        native.stat(pathOf(file));
        return true;
      } catch {
        return false;
      }
    },
  };

  // `(fd, buffer, offset, length, position)` or `(fd, buffer, {offset, length, position})`.
  function transferArguments(buffer, offset, length, position) {
    if (typeof offset === 'object' && offset !== null) ({ offset = 0, length, position = null } = offset);
    const bytes = bytesOf(buffer);
    return [bytes, offset ?? 0, length ?? bytes.length - (offset ?? 0), position ?? null];
  }
  function readSync(fd, buffer, offset, length, position) { return native.read(fd, ...transferArguments(buffer, offset, length, position)); }
  function writeSync(fd, data, offset, length, position) {
    if (typeof data !== 'string') return native.writeBytes(fd, ...transferArguments(data, offset, length, position));
    const bytes = textToBytes(data, typeof length === 'string' ? length : 'utf8');
    if (typeof offset === 'number') return native.writeBytes(fd, bytes, 0, bytes.length, offset);
    writeAll(fd, bytes);
    return bytes.length;
  }

  class FileHandle {
    constructor(fd) { this.fd = fd; }
    async readFile(options) { return sync.readFile(this.fd, options); }
    async writeFile(data, options) { sync.writeFile(this.fd, data, options); }
    async appendFile(data, options) { sync.writeFile(this.fd, data, options); }
    async read(buffer, offset, length, position) { return { bytesRead: readSync(this.fd, buffer, offset, length, position), buffer }; }
    async write(data, offset, length, position) { return { bytesWritten: writeSync(this.fd, data, offset, length, position), buffer: data }; }
    async stat() { return sync.fstat(this.fd); }
    async truncate(size) { sync.ftruncate(this.fd, size); }
    async close() { native.close(this.fd); }
    async *readLines() { yield* lines(sync.readFile(this.fd, 'utf8')); }
    async [Symbol.asyncDispose]() { native.close(this.fd); }
  }

  function lines(text) {
    const all = text.split(/\r\n|\n|\r/);
    if (all.at(-1) === '') all.pop();
    return all;
  }

  const fs = { constants, Stats, Dirent, readSync, writeSync, ...constants };
  const promises = { constants };

  function needsCallback(callback) {
    if (typeof callback === 'function') return;
    throw Object.assign(new TypeError(`The "cb" argument must be of type function. Received ${sbx.inspect(callback)}`), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  for (const [name, call] of Object.entries(sync)) {
    fs[`${name}Sync`] = { [`${name}Sync`](...args) { return call(...args); } }[`${name}Sync`];
    if (name !== 'exists') promises[name] = { async [name](...args) { return call(...args); } }[name];
    fs[name] = { [name](...args) {
      const callback = args.pop();
      needsCallback(callback);
      let outcome;
      try {
        const value = call(...args);
        outcome = name === 'exists' ? [value] : value === undefined ? [null] : [null, value];
      } catch (error) {
        outcome = [error];
      }
      setImmediate(() => callback(...outcome));
    } }[name];
  }
  promises.open = async (file, flag) => new FileHandle(sync.open(file, flag));
  fs.realpathSync.native = fs.realpathSync;
  fs.promises = promises;

  Object.assign(sbx, {
    path, fs, pathOf, lines, Stats, OPEN, KIND, writeAll,
    getCwd: () => cwd,
    setCwd(folder) {
      const target = pathOf(folder);
      if (!new Stats(native.stat(target)).isDirectory()) throw failure('ENOTDIR', 'not a directory, chdir', target);
      cwd = target;
    },
  });
});
