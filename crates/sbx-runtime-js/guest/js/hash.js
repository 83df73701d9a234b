// Digests: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4), HMAC (RFC 2104). Programs name files and compare contents by them.
(function (sbx) {
  'use strict';
  const { coded, bytesOf, textToBytes } = sbx;

  // ---- constants, computed where the standards define them ----

  // The first bits of the fractional part of a root of p.
  function fraction(p, degree, bits) {
    const target = BigInt(p) << BigInt(degree * bits);
    let low = 0n;
    let high = target;
    while (low < high) {
      const middle = (low + high + 1n) >> 1n;
      if (middle ** BigInt(degree) <= target) low = middle;
      else high = middle - 1n;
    }
    return BigInt.asUintN(bits, low);
  }
  const primes = [];
  for (let n = 2; primes.length < 80; n++) if (primes.every((p) => n % p)) primes.push(n);
  const CUBES_512 = BigUint64Array.from(primes, (p) => fraction(p, 3, 64));
  const CUBES_256 = Uint32Array.from(CUBES_512.subarray(0, 64), (word) => Number(word >> 32n));
  const ROOTS_512 = primes.slice(0, 8).map((p) => fraction(p, 2, 64));
  const ROOTS_384 = primes.slice(8, 16).map((p) => fraction(p, 2, 64));
  const SINES = Uint32Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32));
  const MD5_SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

  // ---- one block ----

  const left = (word, by) => (word << by) | (word >>> (32 - by));
  const right = (word, by) => (word >>> by) | (word << (32 - by));

  function md5(state, view, offset) {
    let [a, b, c, d] = state;
    for (let at = 0; at < 64; at++) {
      const round = at >> 4;
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const from = round === 0 ? at : round === 1 ? 5 * at + 1 : round === 2 ? 3 * at + 5 : 7 * at;
      const sum = (a + mixed + SINES[at] + view.getUint32(offset + (from % 16) * 4, true)) | 0;
      [a, d, c, b] = [d, c, b, (b + left(sum, MD5_SHIFTS[round][at % 4])) | 0];
    }
    [a, b, c, d].forEach((word, at) => { state[at] += word; });
  }

  const words = new Uint32Array(80);

  function sha1(state, view, offset) {
    for (let at = 0; at < 16; at++) words[at] = view.getUint32(offset + at * 4);
    for (let at = 16; at < 80; at++) words[at] = left(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1);
    let [a, b, c, d, e] = state;
    for (let at = 0; at < 80; at++) {
      const mixed = at < 20 ? ((b & c) | (~b & d)) + 0x5a827999 : at < 40 ? (b ^ c ^ d) + 0x6ed9eba1 : at < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc : (b ^ c ^ d) + 0xca62c1d6;
      const next = (left(a, 5) + mixed + e + words[at]) | 0;
      e = d;
      d = c;
      c = left(b, 30);
      b = a;
      a = next;
    }
    [a, b, c, d, e].forEach((word, at) => { state[at] += word; });
  }

  function sha256(state, view, offset) {
    for (let at = 0; at < 16; at++) words[at] = view.getUint32(offset + at * 4);
    for (let at = 16; at < 64; at++) {
      const [x, y] = [words[at - 15], words[at - 2]];
      words[at] = words[at - 16] + (right(x, 7) ^ right(x, 18) ^ (x >>> 3)) + words[at - 7] + (right(y, 17) ^ right(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at++) {
      const first = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + CUBES_256[at] + words[at]) | 0;
      const second = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] += word; });
  }

  const long = (value) => BigInt.asUintN(64, value);
  const right64 = (word, by) => (word >> by) | long(word << (64n - by));
  const words64 = new BigUint64Array(80);

  function sha512(state, view, offset) {
    for (let at = 0; at < 16; at++) words64[at] = view.getBigUint64(offset + at * 8);
    for (let at = 16; at < 80; at++) {
      const [x, y] = [words64[at - 15], words64[at - 2]];
      words64[at] = words64[at - 16] + (right64(x, 1n) ^ right64(x, 8n) ^ (x >> 7n)) + words64[at - 7] + (right64(y, 19n) ^ right64(y, 61n) ^ (y >> 6n));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 80; at++) {
      const first = h + (right64(e, 14n) ^ right64(e, 18n) ^ right64(e, 41n)) + ((e & f) ^ (long(~e) & g)) + CUBES_512[at] + words64[at];
      const second = (right64(a, 28n) ^ right64(a, 34n) ^ right64(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, long(d + first), c, b, a, long(first + second)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] += word; });
  }

  // ---- whole texts ----

  const ALGORITHMS = {
    __proto__: null,
    md5: { block: 64, mix: md5, isLittle: true, start: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476], size: 16 },
    sha1: { block: 64, mix: sha1, start: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0], size: 20 },
    sha256: { block: 64, mix: sha256, start: ROOTS_512.map((word) => Number(word >> 32n)), size: 32 },
    sha224: { block: 64, mix: sha256, start: ROOTS_384.map((word) => Number(word & 0xffffffffn)), size: 28 },
    sha512: { block: 128, mix: sha512, start: ROOTS_512, size: 64 },
    sha384: { block: 128, mix: sha512, start: ROOTS_384, size: 48 },
  };

  function algorithmOf(name) {
    const found = ALGORITHMS[String(name).toLowerCase().replace(/^(?:rsa-)?sha-/, 'sha').replace(/^rsa-/, '')];
    if (found) return found;
    throw coded(Error, 'ERR_OSSL_EVP_UNSUPPORTED', `Digest method not supported: ${name}. There are ${Object.keys(ALGORITHMS).join(', ')}`);
  }

  function digestOf(algorithm, pieces) {
    const { block, mix, isLittle, start, size } = algorithm;
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    // The text, a set bit, zeros, and its length in bits at the end of a block.
    const padded = new Uint8Array(Math.ceil((length + 1 + block / 8) / block) * block);
    let at = 0;
    for (const piece of pieces) {
      padded.set(piece, at);
      at += piece.length;
    }
    padded[length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setBigUint64(padded.length - 8, BigInt(length) * 8n, isLittle);
    const state = block === 128 ? BigUint64Array.from(start) : Uint32Array.from(start);
    for (let offset = 0; offset < padded.length; offset += block) mix(state, view, offset);
    const result = new DataView(new ArrayBuffer(state.byteLength));
    state.forEach((word, index) => (block === 128 ? result.setBigUint64(index * 8, word) : result.setUint32(index * 4, word, isLittle)));
    return Buffer.from(result.buffer, 0, size);
  }

  const inputOf = (data, encoding) => {
    if (typeof data === 'string') return textToBytes(data, encoding);
    if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return Uint8Array.from(bytesOf(data));
    throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${sbx.inspect(data)}`);
  };

  class Hash extends sbx.stream.Transform {
    #algorithm;
    #pieces = [];
    #key;
    #isDone = false;
    constructor(name, key) {
      super();
      this.#algorithm = algorithmOf(name);
      if (key === undefined) return;
      const { block } = this.#algorithm;
      const given = inputOf(key);
      this.#key = new Uint8Array(block);
      this.#key.set(given.length > block ? digestOf(this.#algorithm, [given]) : given);
      this.#pieces.push(this.#key.map((byte) => byte ^ 0x36));
    }
    update(data, encoding) {
      if (this.#isDone) throw coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      this.#pieces.push(inputOf(data, encoding));
      return this;
    }
    digest(encoding) {
      if (this.#isDone) throw coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      this.#isDone = true;
      let made = digestOf(this.#algorithm, this.#pieces);
      if (this.#key) made = digestOf(this.#algorithm, [this.#key.map((byte) => byte ^ 0x5c), made]);
      return encoding && encoding !== 'buffer' ? made.toString(encoding) : made;
    }
    copy() {
      const copy = new Hash('md5');
      copy.#algorithm = this.#algorithm;
      copy.#pieces = [...this.#pieces];
      copy.#key = this.#key;
      return copy;
    }
    _transform(piece, encoding, done) {
      this.update(piece, encoding);
      done();
    }
    _flush(done) { done(null, this.digest()); }
  }

  function timingSafeEqual(a, b) {
    const [x, y] = [bytesOf(a), bytesOf(b)];
    if (x.length !== y.length) throw coded(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
    return x.reduce((difference, byte, at) => difference | (byte ^ y[at]), 0) === 0;
  }

  Object.defineProperty(crypto, 'subtle', { configurable: true, value: {
    async digest(algorithm, data) {
      const made = digestOf(algorithmOf(algorithm?.name ?? algorithm), [inputOf(data)]);
      return made.buffer.slice(made.byteOffset, made.byteOffset + made.length);
    },
  } });
  sbx.hashes = {
    createHash: (name) => new Hash(name), createHmac: (name, key) => new Hash(name, key), timingSafeEqual,
    hash: (name, data, encoding = 'hex') => new Hash(name).update(data).digest(encoding), getHashes: () => Object.keys(ALGORITHMS),
  };
});
