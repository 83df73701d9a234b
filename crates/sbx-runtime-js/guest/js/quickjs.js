// The modules `std` and `os` as users of QuickJS know them, without processes, workers and signals, and without loaders
// of bytecode. Errors of `os` are numbers below zero, as there; the numbers are WASI's.
(function (sbx) {
  'use strict';
  const { native, fs, path, pathOf, bytesOf, builtins, define } = sbx;

  const ERRNO = { EACCES: 2, EBADF: 8, EBUSY: 10, EEXIST: 20, EFBIG: 22, EINVAL: 28, EIO: 29, EISDIR: 31, ELOOP: 32, EMFILE: 33, ENAMETOOLONG: 37, ENOENT: 44, ENOMEM: 48, ENOSPC: 51, ENOSYS: 52, ENOTDIR: 54, ENOTEMPTY: 55, EPERM: 63, EPIPE: 64, EROFS: 69, ESPIPE: 70, EXDEV: 75, ENOTCAPABLE: 76 };
  const errnoOf = (error) => {
    if (typeof error?.errno !== 'number') throw error;
    return -error.errno;
  };
  // The value, or the error's number below zero.
  const orErrno = (call) => (...args) => {
    try {
      return call(...args) ?? 0;
    } catch (error) {
      return -errnoOf(error);
    }
  };
  // `[value, errno]`.
  const withErrno = (call, nothing) => (...args) => {
    try {
      return [call(...args), 0];
    } catch (error) {
      return [nothing, errnoOf(error)];
    }
  };

  // ---- formats of C's printf ----

  function sprintf(template, ...args) {
    let next = 0;
    return String(template).replace(/%([-+ 0#]*)(\*|[0-9]+)?(?:\.(\*|[0-9]+))?(?:l|h|j|z)*([diouxXcsfFeEgGaA%])/g, (mark, flags, width, precision, kind) => {
      if (kind === '%') return '%';
      const size = (text) => (text === '*' ? Number(args[next++]) : text === undefined ? undefined : Number(text));
      const columns = size(width) ?? 0;
      const digits = size(precision);
      const value = args[next++];
      let text = convert(kind, value, digits, flags);
      if ('diouxXfFeEgG'.includes(kind) && !text.startsWith('-')) {
        if (flags.includes('+') && !'ouxX'.includes(kind)) text = `+${text}`;
        else if (flags.includes(' ') && !'ouxX'.includes(kind)) text = ` ${text}`;
      }
      if (text.length >= columns) return text;
      if (flags.includes('-')) return text.padEnd(columns);
      if (!flags.includes('0') || 'sc'.includes(kind)) return text.padStart(columns);
      const sign = /^[-+ ]?/.exec(text)[0];
      return sign + text.slice(sign.length).padStart(columns - sign.length, '0');
    });
  }

  function convert(kind, value, digits, flags) {
    switch (kind) {
      case 's': return digits === undefined ? String(value) : String(value).slice(0, digits);
      case 'c': return typeof value === 'string' ? value : String.fromCodePoint(Number(value));
      case 'd': case 'i': case 'u': return (typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)) || 0)).toString().replace(/^(-?)/, (sign) => sign).padStart(digits ?? 0, '0');
      case 'o': case 'x': case 'X': {
        const number = typeof value === 'bigint' ? value : BigInt.asUintN(Number(value) < 0 ? 32 : 64, BigInt(Math.trunc(Number(value)) || 0));
        const text = number.toString(kind === 'o' ? 8 : 16).padStart(digits ?? 0, '0');
        const prefixed = flags.includes('#') && number !== 0n ? (kind === 'o' ? '0' : '0x') + text : text;
        return kind === 'X' ? prefixed.toUpperCase() : prefixed;
      }
      case 'f': case 'F': return Number(value).toFixed(digits ?? 6);
      case 'e': case 'E': {
        const text = Number(value).toExponential(digits ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
        return kind === 'E' ? text.toUpperCase() : text;
      }
      default: {
        const number = Number(value);
        const text = number === 0 ? '0' : number.toPrecision(Math.max(digits ?? 6, 1)).replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '').replace(/e([+-])(\d)$/, 'e$10$2');
        return kind === 'G' ? text.toUpperCase() : text;
      }
    }
  }

  // ---- FILE ----

  const SEEK = { SEEK_SET: 0, SEEK_CUR: 1, SEEK_END: 2 };
  const MODES = { r: 'r', rb: 'r', 'r+': 'r+', 'rb+': 'r+', 'r+b': 'r+', w: 'w', wb: 'w', 'w+': 'w+', 'wb+': 'w+', 'w+b': 'w+', a: 'a', ab: 'a', 'a+': 'a+', 'ab+': 'a+', 'a+b': 'a+', wx: 'wx', 'wx+': 'wx+' };

  // Writes go out at once; reads go through a buffer, which a write or seek gives back.
  class FILE {
    #fd;
    #buffer = new Uint8Array(0);
    #at = 0;
    #isAtEnd = false;
    #hasFailed = false;
    #isOpen = true;
    constructor(fd) { this.#fd = fd; }
    #check() { if (!this.#isOpen) throw new TypeError('invalid file handle'); }
    #fill() {
      this.#check();
      if (this.#at < this.#buffer.length) return true;
      const buffer = new Uint8Array(8192);
      const n_read = native.read(this.#fd, buffer, 0, buffer.length, null);
      this.#buffer = buffer.subarray(0, n_read);
      this.#at = 0;
      if (n_read === 0) this.#isAtEnd = true;
      return n_read > 0;
    }
    #giveBack() {
      const n_unread = this.#buffer.length - this.#at;
      if (n_unread > 0) native.seek(this.#fd, -n_unread, 1);
      this.#buffer = new Uint8Array(0);
      this.#at = 0;
    }
    close() {
      this.#check();
      this.#isOpen = false;
      return orErrno(native.close)(this.#fd);
    }
    fileno() { this.#check(); return this.#fd; }
    puts(...texts) {
      this.#check();
      this.#giveBack();
      for (const text of texts) native.write(this.#fd, String(text).toWellFormed());
    }
    printf(template, ...args) { this.puts(sprintf(template, ...args)); }
    flush() { this.#check(); return 0; }
    sync() { this.#check(); return 0; }
    setvbuf() { return 0; }
    write(buffer, position = 0, length = buffer.byteLength - position) {
      this.#check();
      this.#giveBack();
      const bytes = bytesOf(buffer);
      for (let n_done = 0; n_done < length;) n_done += native.writeBytes(this.#fd, bytes, position + n_done, length - n_done, null);
      return length;
    }
    read(buffer, position = 0, length = buffer.byteLength - position) {
      const bytes = bytesOf(buffer);
      let n_done = 0;
      while (n_done < length && this.#fill()) {
        const part = this.#buffer.subarray(this.#at, this.#at + length - n_done);
        bytes.set(part, position + n_done);
        this.#at += part.length;
        n_done += part.length;
      }
      return n_done;
    }
    #rest(limit) {
      const parts = [];
      let size = 0;
      while (size < limit && this.#fill()) {
        const part = this.#buffer.subarray(this.#at, this.#at + limit - size);
        parts.push(part);
        this.#at += part.length;
        size += part.length;
      }
      return Buffer.concat(parts);
    }
    readAsString(limit = Infinity) { return native.decode(this.#rest(limit)); }
    readAsArrayBuffer(limit = Infinity) {
      const bytes = this.#rest(limit);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    }
    getline() {
      const parts = [];
      while (this.#fill()) {
        const end = this.#buffer.indexOf(10, this.#at);
        parts.push(this.#buffer.subarray(this.#at, end < 0 ? undefined : end));
        this.#at = end < 0 ? this.#buffer.length : end + 1;
        if (end >= 0) return native.decode(Buffer.concat(parts));
      }
      return parts.length > 0 ? native.decode(Buffer.concat(parts)) : null;
    }
    getByte() { return this.#fill() ? this.#buffer[this.#at++] : -1; }
    putByte(byte) {
      this.write(new Uint8Array([byte]));
      return byte & 255;
    }
    seek(offset, whence) {
      this.#check();
      this.#giveBack();
      this.#isAtEnd = false;
      const status = orErrno(native.seek)(this.#fd, Number(offset), whence);
      return status < 0 ? status : 0;
    }
    tell() { return native.seek(this.#fd, 0, 1) - (this.#buffer.length - this.#at); }
    tello() { return BigInt(this.tell()); }
    eof() { return this.#isAtEnd; }
    error() { return this.#hasFailed; }
    clearerr() { this.#isAtEnd = this.#hasFailed = false; }
    get [Symbol.toStringTag]() { return 'FILE'; }
  }

  function openFile(open, errorObject) {
    try {
      const file = open();
      if (errorObject) errorObject.errno = 0;
      return file;
    } catch (error) {
      const errno = errnoOf(error);
      if (errorObject) errorObject.errno = errno;
      return null;
    }
  }
  function modeOf(mode) {
    if (Object.hasOwn(MODES, mode)) return MODES[mode];
    throw new TypeError(`invalid file mode: ${mode}`);
  }

  const standard = [0, 1, 2].map((fd) => new FILE(fd));
  const unavailable = (what) => () => { throw sbx.tag(new TypeError(`${what} is not available in the sandbox`), { feature: 'subprocess' }); };

  const std = {
    ...SEEK, FILE, in: standard[0], out: standard[1], err: standard[2], sprintf, Error: ERRNO,
    exit: (code = 0) => { process.exit(code); },
    gc: () => native.gc(),
    getenv: (name) => process.env[name],
    setenv: (name, value) => { process.env[name] = String(value); },
    unsetenv: (name) => { delete process.env[name]; },
    getenviron: () => ({ ...process.env }),
    open: (file, mode, errorObject) => {
      const flag = modeOf(mode);
      return openFile(() => new FILE(fs.openSync(file, flag)), errorObject);
    },
    fdopen: (fd, mode, errorObject) => {
      modeOf(mode);
      return openFile(() => (native.fstat(fd), new FILE(fd)), errorObject);
    },
    tmpfile: (errorObject) => openFile(() => {
      const name = `/tmp/tmpfile-${crypto.randomUUID()}`;
      const fd = fs.openSync(name, 'wx+');
      native.unlink(name);
      return new FILE(fd);
    }, errorObject),
    popen: unavailable('std.popen'),
    puts: (...texts) => standard[1].puts(...texts),
    printf: (template, ...args) => standard[1].printf(template, ...args),
    // The text of a file, or null; with `{binary: true}` its bytes.
    loadFile: (file, options) => {
      try {
        const bytes = native.readFile(pathOf(file));
        return options?.binary ? bytes : native.decode(bytes);
      } catch (error) {
        errnoOf(error);
        return null;
      }
    },
    writeFile: (file, data) => fs.writeFileSync(file, data),
    loadScript: (file) => native.evaluate(native.decode(native.readFile(pathOf(file))), pathOf(file)),
    evalScript: (code) => native.evaluate(String(code), '<evalScript>'),
    strerror: (errno) => Object.keys(ERRNO).find((name) => ERRNO[name] === errno) ?? `error ${errno}`,
    parseExtJSON: (text) => JSON.parse(String(text)),
    urlGet: () => { throw sbx.tag(new TypeError('there is no network in the sandbox'), { feature: 'network' }); },
  };

  const statObject = (numbers) => {
    const [mode, size, mtime, atime, ctime, ino, dev, nlink] = numbers;
    return { dev, ino, mode, nlink, uid: 0, gid: 0, rdev: 0, size, blocks: Math.ceil(size / 512), atime, mtime, ctime };
  };
  const O = { O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, O_TEXT: 0 };

  const os = {
    ...O, S_IFMT: 0o170000, S_IFIFO: 0o010000, S_IFCHR: 0o020000, S_IFDIR: 0o040000, S_IFBLK: 0o060000, S_IFREG: 0o100000, S_IFSOCK: 0o140000, S_IFLNK: 0o120000,
    platform: 'wasi',
    open: orErrno((file, flags = 0) => fs.openSync(file, flags)),
    close: orErrno((fd) => native.close(fd)),
    seek: (fd, offset, whence) => {
      const at = orErrno(native.seek)(fd, Number(offset), whence);
      return typeof offset === 'bigint' ? BigInt(at) : at;
    },
    read: orErrno((fd, buffer, offset = 0, length = buffer.byteLength - offset) => native.read(fd, bytesOf(buffer), offset, length, null)),
    write: orErrno((fd, buffer, offset = 0, length = buffer.byteLength - offset) => native.writeBytes(fd, bytesOf(buffer), offset, length, null)),
    isatty: () => false,
    ttyGetWinSize: () => null,
    ttySetRaw: () => {},
    remove: orErrno((file) => {
      const target = pathOf(file);
      if ((native.lstat(target)[0] & 0o170000) === 0o040000) native.rmdir(target);
      else native.unlink(target);
    }),
    rename: orErrno((from, to) => native.rename(pathOf(from), pathOf(to))),
    mkdir: orErrno((folder) => native.mkdir(pathOf(folder))),
    symlink: orErrno((target, file) => native.symlink(String(target), pathOf(file))),
    utimes: orErrno((file, atime, mtime) => native.utimes(pathOf(file), Number(atime), Number(mtime))),
    chdir: orErrno((folder) => sbx.setCwd(folder)),
    realpath: withErrno((file) => fs.realpathSync(file), ''),
    getcwd: withErrno(() => sbx.getCwd(), ''),
    readlink: withErrno((file) => native.readlink(pathOf(file)), ''),
    readdir: withErrno((folder) => ['.', '..', ...native.readdir(pathOf(folder)).map(([name]) => name)], []),
    stat: withErrno((file) => statObject(native.stat(pathOf(file))), null),
    lstat: withErrno((file) => statObject(native.lstat(pathOf(file))), null),
    mkdtemp: withErrno((pattern = 'tmpXXXXXX') => fs.mkdtempSync(path.resolve(String(pattern).replace(/X+$/, ''))), ''),
    now: () => native.now(),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => clearTimeout(handle),
    setInterval: (callback, ms) => setInterval(callback, ms),
    clearInterval: (handle) => clearInterval(handle),
    sleep: (ms) => native.sleep(Number(ms)),
    sleepAsync: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
    exec: unavailable('os.exec'),
    kill: unavailable('os.kill'),
    pipe: unavailable('os.pipe'),
    Worker: class Worker { constructor() { throw sbx.tag(new TypeError('there are no threads in the sandbox'), { feature: 'threads' }); } },
    getpid: () => 1,
    cputime: () => Math.round(native.now() * 1000),
    exePath: () => '/usr/local/bin/js',
  };

  // Both QuickJS and Node have a module `os`; their names differ but for `platform`, which here can be read both ways.
  const platform = Object.assign(() => 'wasi', { toString: () => 'wasi' });
  Object.assign(builtins, { std, 'qjs:std': std, 'qjs:os': os, 'node:os': builtins.os, os: { ...os, ...builtins.os, platform } });
  define('std', std);
  define('os', builtins.os);
});
