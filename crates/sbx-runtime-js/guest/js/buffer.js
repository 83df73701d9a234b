// Node's Buffer: bytes with the encodings and number formats that programs expect of it.
(function (sbx) {
  'use strict';
  const { native, define, bytesOf, encode, binaryText } = sbx;

  function normalize(encoding) {
    const name = String(encoding ?? 'utf8').toLowerCase();
    switch (name) {
      case 'utf8': case 'utf-8': return 'utf8';
      case 'hex': case 'base64': case 'base64url': return name;
      case 'latin1': case 'binary': return 'latin1';
      case 'ascii': return 'ascii';
      case 'utf16le': case 'utf-16le': case 'ucs2': case 'ucs-2': return 'utf16le';
      default: {
        const error = new TypeError(`Unknown encoding: ${encoding}`);
        error.code = 'ERR_UNKNOWN_ENCODING';
        throw error;
      }
    }
  }

  function fromText(text, encoding) {
    switch (normalize(encoding)) {
      case 'hex': {
        const digits = /^(?:[0-9a-fA-F]{2})*/.exec(text)[0];
        const bytes = new Uint8Array(digits.length / 2);
        for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
        return bytes;
      }
      case 'base64': case 'base64url': {
        const digits = text.split('=')[0].replace(/[^A-Za-z0-9+/_-]/g, '').replaceAll('-', '+').replaceAll('_', '/');
        return fromText(atob(digits.slice(0, digits.length - (digits.length % 4 === 1 ? 1 : 0))), 'latin1');
      }
      case 'latin1': case 'ascii': {
        const bytes = new Uint8Array(text.length);
        for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
        return bytes;
      }
      case 'utf16le': {
        const bytes = new Uint8Array(text.length * 2);
        for (let at = 0; at < text.length; at++) {
          bytes[at * 2] = text.charCodeAt(at);
          bytes[at * 2 + 1] = text.charCodeAt(at) >> 8;
        }
        return bytes;
      }
      default: return encode(text);
    }
  }

  function toText(bytes, encoding) {
    switch (normalize(encoding)) {
      case 'hex': {
        let text = '';
        for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
        return text;
      }
      case 'base64': return btoa(binaryText(bytes));
      case 'base64url': return btoa(binaryText(bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      case 'latin1': return binaryText(bytes);
      case 'ascii': return binaryText(bytes.map((byte) => byte & 0x7f));
      case 'utf16le': return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes.subarray(0, bytes.length & ~1));
      default: return native.decode(bytes);
    }
  }

  class Buffer extends Uint8Array {
    static from(source, encoding, length) {
      if (typeof source === 'string') return view(fromText(source, encoding));
      if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) return new Buffer(source, encoding ?? 0, length ?? source.byteLength - (encoding ?? 0));
      if (ArrayBuffer.isView(source)) return view(Uint8Array.from(source));
      if (source?.type === 'Buffer' && Array.isArray(source.data)) return view(Uint8Array.from(source.data));
      if (typeof source === 'object' && source !== null) return view(Uint8Array.from(source));
      const error = new TypeError(`The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received ${sbx.inspect(source)}`);
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    static alloc(size, fill, encoding) {
      const buffer = new Buffer(size);
      return fill === undefined || fill === 0 ? buffer : buffer.fill(fill, 0, size, encoding);
    }
    static allocUnsafe(size) { return new Buffer(size); }
    static allocUnsafeSlow(size) { return new Buffer(size); }
    static isBuffer(value) { return value instanceof Buffer; }
    static isEncoding(encoding) {
      try {
        return typeof encoding === 'string' && normalize(encoding) !== '';
      } catch {
        return false;
      }
    }
    static byteLength(value, encoding) { return typeof value === 'string' ? fromText(value, encoding).length : value.byteLength; }
    static concat(list, total) {
      const size = total ?? list.reduce((sum, bytes) => sum + bytes.length, 0);
      const buffer = new Buffer(size);
      let at = 0;
      for (const bytes of list) {
        if (at >= size) break;
        buffer.set(bytes.length > size - at ? bytes.subarray(0, size - at) : bytes, at);
        at += bytes.length;
      }
      return buffer;
    }
    static compare(a, b) {
      const length = Math.min(a.length, b.length);
      for (let at = 0; at < length; at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
      return Math.sign(a.length - b.length);
    }
    toString(encoding, start = 0, end = this.length) { return toText(this.subarray(Math.max(start, 0), Math.max(end, 0)), encoding); }
    toLocaleString(encoding, start, end) { return this.toString(encoding, start, end); }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return Buffer.compare(this, other) === 0; }
    compare(other, start = 0, end = other.length, from = 0, to = this.length) { return Buffer.compare(this.subarray(from, to), other.subarray(start, end)); }
    // A view on the same bytes, unlike the arrays' own.
    slice(start, end) { return this.subarray(start, end); }
    write(text, offset = 0, length = undefined, encoding = undefined) {
      if (typeof offset === 'string') [offset, length, encoding] = [0, undefined, offset];
      else if (typeof length === 'string') [length, encoding] = [undefined, length];
      const bytes = fromText(text, encoding);
      const size = Math.min(bytes.length, length ?? this.length, this.length - offset);
      this.set(bytes.subarray(0, size), offset);
      return size;
    }
    copy(target, at = 0, start = 0, end = this.length) {
      const part = this.subarray(start, Math.min(end, start + target.length - at));
      target.set(part, at);
      return part.length;
    }
    fill(value, start = 0, end = this.length, encoding = undefined) {
      if (typeof start === 'string') [start, end, encoding] = [0, this.length, start];
      if (typeof value === 'number' || typeof value === 'boolean') return super.fill(Number(value), start, end);
      const bytes = typeof value === 'string' ? fromText(value, encoding) : bytesOf(value);
      if (bytes.length === 0) return super.fill(0, start, end);
      for (let at = start; at < end; at++) this[at] = bytes[(at - start) % bytes.length];
      return this;
    }
    indexOf(value, from = 0, encoding = undefined) { return search(this, value, from, encoding, 1); }
    lastIndexOf(value, from = this.length, encoding = undefined) { return search(this, value, from, encoding, -1); }
    includes(value, from, encoding) { return this.indexOf(value, from, encoding) >= 0; }
    swap16() {
      for (let at = 0; at + 1 < this.length; at += 2) [this[at], this[at + 1]] = [this[at + 1], this[at]];
      return this;
    }
    [Symbol.for('nodejs.util.inspect.custom')]() {
      const shown = [...this.subarray(0, 50)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
      const more = this.length > 50 ? ` ... ${this.length - 50} more byte${this.length > 51 ? 's' : ''}` : '';
      return `<Buffer${shown ? ` ${shown}` : ''}${more}>`;
    }
  }

  const view = (bytes) => new Buffer(bytes.buffer, bytes.byteOffset, bytes.length);

  function search(buffer, value, from, encoding, step) {
    if (typeof from === 'string') [from, encoding] = [step > 0 ? 0 : buffer.length, from];
    const bytes = typeof value === 'number' ? [value & 255] : typeof value === 'string' ? fromText(value, encoding) : value;
    let at = from < 0 ? buffer.length + from : from;
    at = step > 0 ? Math.max(at, 0) : Math.min(at, buffer.length - bytes.length);
    for (; at >= 0 && at + bytes.length <= buffer.length; at += step) {
      let length = 0;
      while (length < bytes.length && buffer[at + length] === bytes[length]) length++;
      if (length === bytes.length) return at;
    }
    return -1;
  }

  function number(name, view, size, isBig) {
    for (const order of size === 1 ? [''] : ['LE', 'BE']) {
      const read = function (offset = 0) { return data(this, offset, size)[`get${view}`](0, order === 'LE'); };
      const write = function (value, offset = 0) {
        data(this, offset, size)[`set${view}`](0, isBig ? BigInt(value) : value, order === 'LE');
        return offset + size;
      };
      for (const spelling of name.startsWith('UInt') ? [name, name.replace('UInt', 'Uint')] : name.startsWith('BigUInt') ? [name, name.replace('UInt', 'Uint')] : [name]) {
        Object.defineProperty(Buffer.prototype, `read${spelling}${order}`, { value: read, writable: true, configurable: true });
        Object.defineProperty(Buffer.prototype, `write${spelling}${order}`, { value: write, writable: true, configurable: true });
      }
    }
  }
  function data(buffer, offset, size) {
    if (!Number.isInteger(offset) || offset < 0 || offset + size > buffer.length) {
      const error = new RangeError(`The value of "offset" is out of range. It must be >= 0 and <= ${buffer.length - size}. Received ${sbx.inspect(offset)}`);
      error.code = 'ERR_OUT_OF_RANGE';
      throw error;
    }
    return new DataView(buffer.buffer, buffer.byteOffset + offset, size);
  }
  number('UInt8', 'Uint8', 1);
  number('Int8', 'Int8', 1);
  number('UInt16', 'Uint16', 2);
  number('Int16', 'Int16', 2);
  number('UInt32', 'Uint32', 4);
  number('Int32', 'Int32', 4);
  number('Float', 'Float32', 4);
  number('Double', 'Float64', 8);
  number('BigInt64', 'BigInt64', 8, true);
  number('BigUInt64', 'BigUint64', 8, true);

  define('Buffer', Buffer);
  Object.assign(sbx, { bufferView: view, textToBytes: fromText, bytesToText: toText });
});
