// URL and URLSearchParams, after the URL standard. Not here: international host names (they must be given as punycode)
// and host names written as numbers.
(function (sbx) {
  'use strict';
  const { define, encode } = sbx;
  const DEFAULT_PORTS = { __proto__: null, 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21', 'file:': '' };
  // What is escaped in each part, beside controls and what is not ASCII.
  const ESCAPED = { fragment: ' "<>`', query: ' "#<>', specialQuery: ' "#<>\'', path: ' "#<>?`{}^', user: ' "#<>?`{}/:;=@[\\]^|' };

  function escape(text, set) {
    let escaped = '';
    for (const char of text.toWellFormed()) {
      const code = char.codePointAt(0);
      if (code > 0x1f && code < 0x7f && !set.includes(char)) escaped += char;
      else for (const byte of encode(char)) escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    }
    return escaped;
  }

  function unescape(text) {
    const bytes = [];
    const source = encode(text);
    for (let at = 0; at < source.length; at++) {
      const hex = source[at] === 0x25 ? String.fromCharCode(source[at + 1], source[at + 2]) : '';
      if (/^[0-9a-fA-F]{2}$/.test(hex)) {
        bytes.push(Number.parseInt(hex, 16));
        at += 2;
      } else {
        bytes.push(source[at]);
      }
    }
    return sbx.native.decode(new Uint8Array(bytes)).replace(/^\ufeff/, '');
  }

  const formEscape = (text) => escape(text, ' "#<>?`{}/:;=@[\\]^|!$%&\'()+,~').replaceAll('%20', '+');
  const formUnescape = (text) => unescape(text.replaceAll('+', ' '));

  class URLSearchParams {
    #pairs = [];
    #onChange = null;
    constructor(init = '') {
      if (typeof init === 'object' && init !== null) {
        if (typeof init[Symbol.iterator] === 'function') {
          for (const pair of init) {
            const [name, value, ...rest] = pair;
            if (value === undefined || rest.length > 0) throw new TypeError('Each query pair must be an iterable [name, value] tuple');
            this.#pairs.push([String(name), String(value)]);
          }
        } else {
          for (const name of Object.keys(init)) this.#pairs.push([name, String(init[name])]);
        }
        return;
      }
      this.#read(String(init).replace(/^\?/, ''));
    }
    #read(text) {
      this.#pairs = text.split('&').filter((part) => part !== '').map((part) => {
        const at = part.indexOf('=');
        return at < 0 ? [formUnescape(part), ''] : [formUnescape(part.slice(0, at)), formUnescape(part.slice(at + 1))];
      });
    }
    #changed() { this.#onChange?.(this.toString()); }
    static link(params, onChange) { params.#onChange = onChange; }
    static reread(params, text) { params.#read(text); }
    get size() { return this.#pairs.length; }
    append(name, value) {
      this.#pairs.push([String(name), String(value)]);
      this.#changed();
    }
    delete(name, value) {
      this.#pairs = this.#pairs.filter((pair) => pair[0] !== String(name) || (value !== undefined && pair[1] !== String(value)));
      this.#changed();
    }
    get(name) { return this.#pairs.find((pair) => pair[0] === String(name))?.[1] ?? null; }
    getAll(name) { return this.#pairs.filter((pair) => pair[0] === String(name)).map((pair) => pair[1]); }
    has(name, value) { return this.#pairs.some((pair) => pair[0] === String(name) && (value === undefined || pair[1] === String(value))); }
    set(name, value) {
      const at = this.#pairs.findIndex((pair) => pair[0] === String(name));
      if (at < 0) this.#pairs.push([String(name), String(value)]);
      else this.#pairs = this.#pairs.filter((pair, index) => index <= at || pair[0] !== String(name)).map((pair, index) => (index === at ? [pair[0], String(value)] : pair));
      this.#changed();
    }
    sort() {
      this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#changed();
    }
    forEach(callback, self) { for (const [name, value] of this) callback.call(self, value, name, this); }
    *entries() { for (const [name, value] of this.#pairs) yield [name, value]; }
    *keys() { for (const [name] of this.#pairs) yield name; }
    *values() { for (const [, value] of this.#pairs) yield value; }
    [Symbol.iterator]() { return this.entries(); }
    get [Symbol.toStringTag]() { return 'URLSearchParams'; }
    toString() { return this.#pairs.map(([name, value]) => `${formEscape(name)}=${formEscape(value)}`).join('&'); }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
      const pairs = this.#pairs.map(([name, value]) => `${inspect(name)} => ${inspect(value)}`);
      return pairs.length === 0 ? 'URLSearchParams {}' : `URLSearchParams { ${pairs.join(', ')} }`;
    }
  }
  const { link, reread } = URLSearchParams;
  delete URLSearchParams.link;
  delete URLSearchParams.reread;

  function invalid(input, base) {
    const error = new TypeError('Invalid URL');
    error.code = 'ERR_INVALID_URL';
    error.input = input;
    if (base !== undefined) error.base = base;
    return error;
  }

  function removeDots(segments) {
    const kept = [];
    segments.forEach((segment, index) => {
      const plain = segment.replace(/%2e/gi, '.');
      const isLast = index === segments.length - 1;
      if (plain === '..') kept.pop();
      if (plain === '..' || plain === '.') {
        if (isLast) kept.push('');
      } else {
        kept.push(segment);
      }
    });
    return kept;
  }

  const isSpecial = (protocol) => protocol in DEFAULT_PORTS;

  function parseHost(host, parts, fail) {
    const bracketed = /^(\[[0-9a-fA-F:.]+\])(?::(.*))?$/.exec(host);
    const plain = bracketed ?? /^([^:]*)(?::(.*))?$/.exec(host);
    if (!plain) throw fail();
    let name = plain[1];
    if (isSpecial(parts.protocol)) {
      name = unescape(name).toLowerCase();
      if ((name === '' && parts.protocol !== 'file:') || (!bracketed && /[\u0000-\u0020"#%/:<>?@[\\\]^`{|}\u007f]/.test(name))) throw fail();
      if (/[^\u0000-\u007f]/.test(name)) throw fail();
    } else {
      name = bracketed ? name : escape(name, ' "#<>?`{}');
    }
    parts.hostname = name;
    setPort(parts, plain[2] ?? '', fail);
  }

  function setPort(parts, text, fail) {
    if (!/^[0-9]*$/.test(text) || Number(text) > 65535) throw fail();
    const port = text === '' ? '' : String(Number(text));
    parts.port = port === DEFAULT_PORTS[parts.protocol] ? '' : port;
  }

  function parseAuthority(authority, parts, fail) {
    const at = authority.lastIndexOf('@');
    if (at >= 0) {
      const user = authority.slice(0, at);
      const colon = user.indexOf(':');
      parts.username = escape(colon < 0 ? user : user.slice(0, colon), ESCAPED.user);
      parts.password = colon < 0 ? '' : escape(user.slice(colon + 1), ESCAPED.user);
    }
    parts.hasHost = true;
    parseHost(authority.slice(at + 1), parts, fail);
  }

  function parse(input, base) {
    const text = input.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '').replace(/[\t\n\r]/g, '');
    const fail = () => invalid(input, base);
    const parts = { protocol: '', username: '', password: '', hostname: '', hasHost: false, port: '', path: [], opaque: null, search: '', hash: '' };
    let rest = text;
    const hashAt = rest.indexOf('#');
    if (hashAt >= 0) {
      parts.hash = rest.length > hashAt + 1 ? `#${escape(rest.slice(hashAt + 1), ESCAPED.fragment)}` : '';
      rest = rest.slice(0, hashAt);
    }
    const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(rest);
    let from = null;
    if (scheme) {
      parts.protocol = `${scheme[1].toLowerCase()}:`;
      rest = rest.slice(scheme[0].length);
    } else {
      if (base === undefined) throw fail();
      from = parse(String(base));
      if (from.opaque !== null && (rest !== '' || hashAt < 0)) throw fail();
      parts.protocol = from.protocol;
    }
    let search = null;
    const queryAt = rest.indexOf('?');
    if (queryAt >= 0) {
      search = rest.slice(queryAt + 1);
      rest = rest.slice(0, queryAt);
    }
    const special = isSpecial(parts.protocol);
    if (special) rest = rest.replaceAll('\\', '/');
    if (search !== null) parts.search = search === '' ? '' : `?${escape(search, special ? ESCAPED.specialQuery : ESCAPED.query)}`;
    const segmentsOf = (path) => path.split('/').map((segment) => escape(segment, ESCAPED.path));
    const authority = special && parts.protocol !== 'file:' && scheme ? /^\/*([^/]*)(.*)$/s.exec(rest) : /^\/\/([^/]*)(.*)$/s.exec(rest);
    if (authority) {
      parseAuthority(authority[1], parts, fail);
      parts.path = authority[2] === '' && !special ? [] : removeDots(segmentsOf(authority[2].replace(/^\//, '')));
    } else if (from) {
      Object.assign(parts, { username: from.username, password: from.password, hostname: from.hostname, hasHost: from.hasHost, port: from.port, opaque: from.opaque });
      if (rest === '') {
        parts.path = from.path;
        if (search === null) parts.search = from.search;
      } else if (rest[0] === '/') {
        parts.path = removeDots(segmentsOf(rest.slice(1)));
      } else {
        parts.path = removeDots([...from.path.slice(0, -1), ...segmentsOf(rest)]);
      }
    } else if (rest[0] === '/' || parts.protocol === 'file:') {
      parts.hasHost = parts.protocol === 'file:';
      parts.path = removeDots(segmentsOf(rest.replace(/^\//, '')));
    } else {
      parts.opaque = escape(rest, '');
    }
    return parts;
  }

  class URL {
    #parts;
    #params = null;
    constructor(url, base) { this.#parts = parse(String(url), base === undefined ? undefined : String(base)); }
    static canParse(url, base) { return URL.parse(url, base) !== null; }
    static parse(url, base) {
      try {
        return new URL(url, base);
      } catch {
        return null;
      }
    }
    get protocol() { return this.#parts.protocol; }
    set protocol(value) {
      const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):?/.exec(String(value));
      if (!scheme) return;
      const protocol = `${scheme[1].toLowerCase()}:`;
      if (isSpecial(protocol) !== isSpecial(this.#parts.protocol)) return;
      this.#parts.protocol = protocol;
      if (this.#parts.port === DEFAULT_PORTS[protocol]) this.#parts.port = '';
    }
    get username() { return this.#parts.username; }
    set username(value) { if (this.#parts.hostname !== '') this.#parts.username = escape(String(value), ESCAPED.user); }
    get password() { return this.#parts.password; }
    set password(value) { if (this.#parts.hostname !== '') this.#parts.password = escape(String(value), ESCAPED.user); }
    get hostname() { return this.#parts.hostname; }
    set hostname(value) { this.#setHost(String(value).replace(/:.*$/, ''), this.#parts.port); }
    get host() { return this.#parts.hostname + (this.#parts.port === '' ? '' : `:${this.#parts.port}`); }
    set host(value) { this.#setHost(String(value), this.#parts.port); }
    #setHost(host, port) {
      if (this.#parts.opaque !== null) return;
      const parts = { ...this.#parts };
      try {
        parseHost(host.replace(/[/?#].*$/s, ''), parts, () => invalid(host));
      } catch {
        return; // as the standard has it: a setter that fails does nothing
      }
      if (parts.port === '' && !/:\d/.test(host)) parts.port = port;
      parts.hasHost = true;
      this.#parts = parts;
    }
    get port() { return this.#parts.port; }
    set port(value) {
      const digits = /^[0-9]*/.exec(String(value))[0];
      if (this.#parts.hostname === '' || (digits === '' && String(value) !== '') || Number(digits) > 65535) return;
      setPort(this.#parts, digits, () => invalid(value));
    }
    get pathname() {
      const { opaque, path, hasHost } = this.#parts;
      if (opaque !== null) return opaque;
      return path.length === 0 && hasHost && !isSpecial(this.#parts.protocol) ? '' : `/${path.join('/')}`;
    }
    set pathname(value) {
      if (this.#parts.opaque !== null) return;
      let text = String(value).replace(/[\t\n\r]/g, '');
      if (isSpecial(this.#parts.protocol)) text = text.replaceAll('\\', '/');
      this.#parts.path = removeDots(text.replace(/^\//, '').split('/').map((segment) => escape(segment, ESCAPED.path)));
    }
    get search() { return this.#parts.search; }
    set search(value) {
      const text = String(value).replace(/^\?/, '');
      this.#parts.search = text === '' ? '' : `?${escape(text, isSpecial(this.#parts.protocol) ? ESCAPED.specialQuery : ESCAPED.query)}`;
      if (this.#params) reread(this.#params, text);
    }
    get searchParams() {
      if (!this.#params) {
        this.#params = new URLSearchParams(this.#parts.search);
        link(this.#params, (text) => { this.#parts.search = text === '' ? '' : `?${text}`; });
      }
      return this.#params;
    }
    get hash() { return this.#parts.hash; }
    set hash(value) {
      const text = String(value).replace(/^#/, '');
      this.#parts.hash = text === '' ? '' : `#${escape(text, ESCAPED.fragment)}`;
    }
    get origin() { return isSpecial(this.protocol) && this.protocol !== 'file:' ? `${this.protocol}//${this.host}` : 'null'; }
    get href() {
      const { protocol, username, password, hasHost, search, hash } = this.#parts;
      const user = username || password ? `${username}${password ? `:${password}` : ''}@` : '';
      return `${protocol}${hasHost ? `//${user}${this.host}` : ''}${this.pathname}${search}${hash}`;
    }
    set href(value) {
      this.#parts = parse(String(value));
      if (this.#params) reread(this.#params, this.#parts.search.slice(1));
    }
    toString() { return this.href; }
    toJSON() { return this.href; }
    get [Symbol.toStringTag]() { return 'URL'; }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
      const { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash } = this;
      const shown = inspect({ href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash });
      return `URL ${shown}`;
    }
  }

  define('URL', URL);
  define('URLSearchParams', URLSearchParams);
  sbx.unescape = unescape;
});
