// The web's streams and `Blob`, as far as programs use them: sources are asked when someone reads, and nothing is made
// before. Streams of bytes have no readers of their own, and writers wait for the write alone.
(function (sbx) {
  'use strict';
  const { define, bytesOf, encode } = sbx;
  const invalid = (message) => new TypeError(`Invalid state: ${message}`);

  // ---- reading ----

  class ReadableStream {
    #source;
    #queue = [];
    #limit;
    #started;
    #isClosed = false;
    #failure;
    #waiting = [];
    #reader = null;
    #ended = Promise.withResolvers();
    constructor(source = {}, { highWaterMark = 1 } = {}) {
      this.#source = source;
      this.#limit = highWaterMark;
      this.#ended.promise.catch(() => {});
      this.#started = Promise.resolve(source.start?.(this.#controller));
      this.#started.catch((error) => this.#fail(error));
    }
    #controller = ((stream) => ({
      enqueue(piece) {
        if (stream.#isClosed) throw invalid('Controller is already closed');
        if (stream.#waiting.length > 0) stream.#waiting.shift().resolve({ value: piece, done: false });
        else stream.#queue.push(piece);
      },
      close() {
        if (stream.#isClosed) throw invalid('Controller is already closed');
        stream.#finish();
      },
      error(error) { stream.#fail(error); },
      get desiredSize() { return stream.#failure ? null : stream.#isClosed ? 0 : stream.#limit - stream.#queue.length; },
    }))(this);
    #finish() {
      this.#isClosed = true;
      for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
      if (this.#queue.length === 0) this.#ended.resolve();
    }
    #fail(error) {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#failure = { error };
      this.#queue = [];
      for (const { reject } of this.#waiting.splice(0)) reject(error);
      this.#ended.reject(error);
    }
    async #read() {
      await this.#started;
      for (;;) {
        if (this.#queue.length > 0) {
          const value = this.#queue.shift();
          if (this.#isClosed && this.#queue.length === 0) this.#ended.resolve();
          return { value, done: false };
        }
        if (this.#failure) throw this.#failure.error;
        if (this.#isClosed) return { value: undefined, done: true };
        if (!this.#source.pull) break;
        const n_before = this.#queue.length;
        try {
          await this.#source.pull(this.#controller);
        } catch (error) {
          this.#fail(error);
        }
        if (this.#queue.length === n_before && !this.#isClosed) break;
      }
      const waiter = Promise.withResolvers();
      this.#waiting.push(waiter);
      return waiter.promise;
    }
    async #cancel(reason) {
      if (this.#isClosed && this.#queue.length === 0) return;
      this.#queue = [];
      this.#finish();
      await this.#source.cancel?.(reason);
    }
    get locked() { return this.#reader !== null; }
    getReader() {
      if (this.locked) throw invalid('ReadableStream is locked');
      const held = () => {
        if (this.#reader !== reader) throw invalid('The reader is not attached to a stream');
      };
      // One read after another, in the order in which they were asked for.
      let last = Promise.resolve();
      const reader = {
        read: async () => {
          held();
          const before = last;
          const { promise, resolve } = Promise.withResolvers();
          last = promise;
          await before;
          try {
            return await this.#read();
          } finally {
            resolve();
          }
        },
        releaseLock: () => { if (this.#reader === reader) this.#reader = null; },
        cancel: async (reason) => {
          held();
          await this.#cancel(reason);
        },
        closed: this.#ended.promise,
      };
      this.#reader = reader;
      return reader;
    }
    async cancel(reason) {
      if (this.locked) throw invalid('ReadableStream is locked');
      await this.#cancel(reason);
    }
    async pipeTo(target, { preventClose = false, preventAbort = false, preventCancel = false, signal } = {}) {
      const [reader, writer] = [this.getReader(), target.getWriter()];
      try {
        for (;;) {
          signal?.throwIfAborted();
          const { value, done } = await reader.read().catch(async (error) => {
            if (!preventAbort) await writer.abort(error);
            throw error;
          });
          if (done) break;
          await writer.write(value);
        }
        if (!preventClose) await writer.close();
      } catch (error) {
        if (!preventCancel) await reader.cancel(error);
        throw error;
      } finally {
        reader.releaseLock();
        writer.releaseLock();
      }
    }
    pipeThrough({ readable, writable }, options) {
      this.pipeTo(writable, options).catch(() => {});
      return readable;
    }
    tee() {
      const reader = this.getReader();
      const branches = [];
      const pull = async () => {
        const { value, done } = await reader.read();
        for (const branch of branches) if (done) branch.close(); else branch.enqueue(value);
      };
      return [0, 1].map(() => new ReadableStream({ start: (controller) => { branches.push(controller); }, pull }));
    }
    async *values({ preventCancel = false } = {}) {
      const reader = this.getReader();
      let isDone = false;
      try {
        for (;;) {
          const { value, done } = await reader.read().catch((error) => {
            isDone = true;
            throw error;
          });
          isDone = done;
          if (done) return;
          yield value;
        }
      } finally {
        if (!isDone && !preventCancel) await reader.cancel();
        reader.releaseLock();
      }
    }
    [Symbol.asyncIterator](options) { return this.values(options); }
    static from(source) {
      const items = (source[Symbol.asyncIterator] ?? source[Symbol.iterator]).call(source);
      return new ReadableStream({
        async pull(controller) {
          const { value, done } = await items.next();
          if (done) controller.close();
          else controller.enqueue(await value);
        },
        async cancel() { await items.return?.(); },
      });
    }
    get [Symbol.toStringTag]() { return 'ReadableStream'; }
  }

  // ---- writing ----

  class WritableStream {
    #sink;
    #last;
    #writer = null;
    #isClosing = false;
    #failure;
    #ended = Promise.withResolvers();
    #controller = { error: (error) => this.#fail(error), signal: new AbortController().signal };
    constructor(sink = {}) {
      this.#sink = sink;
      this.#ended.promise.catch(() => {});
      this.#last = Promise.resolve(sink.start?.(this.#controller));
      this.#last.catch((error) => this.#fail(error));
    }
    #fail(error) {
      this.#failure ??= { error };
      this.#ended.reject(error);
    }
    // Writes happen one after another; the first that fails ends the stream.
    #then(step) {
      const done = this.#last.then(async () => {
        if (this.#failure) throw this.#failure.error;
        await step();
      });
      done.catch((error) => this.#fail(error));
      this.#last = done;
      return done;
    }
    #close() {
      if (this.#isClosing) return Promise.reject(invalid('WritableStream is closed'));
      this.#isClosing = true;
      return this.#then(async () => {
        await this.#sink.close?.(this.#controller);
        this.#ended.resolve();
      });
    }
    async #abort(reason) {
      if (this.#failure || this.#isClosing) return;
      this.#fail(reason);
      await this.#sink.abort?.(reason);
    }
    get locked() { return this.#writer !== null; }
    getWriter() {
      if (this.locked) throw invalid('WritableStream is locked');
      const writer = {
        write: (piece) => {
          if (this.#writer !== writer) return Promise.reject(invalid('The writer is not attached to a stream'));
          if (this.#isClosing) return Promise.reject(invalid('WritableStream is closed'));
          return this.#then(() => this.#sink.write?.(piece, this.#controller));
        },
        close: () => this.#close(),
        abort: (reason) => this.#abort(reason),
        releaseLock: () => { if (this.#writer === writer) this.#writer = null; },
        ready: Promise.resolve(),
        closed: this.#ended.promise,
        desiredSize: 1,
      };
      this.#writer = writer;
      return writer;
    }
    close() { return this.locked ? Promise.reject(invalid('WritableStream is locked')) : this.#close(); }
    abort(reason) { return this.locked ? Promise.reject(invalid('WritableStream is locked')) : this.#abort(reason); }
    get [Symbol.toStringTag]() { return 'WritableStream'; }
  }

  class TransformStream {
    constructor({ start, transform, flush } = {}) {
      let controller;
      const readable = new ReadableStream({ start: (made) => { controller = made; } });
      const own = { enqueue: (piece) => controller.enqueue(piece), error: (error) => controller.error(error), terminate: () => controller.close(), get desiredSize() { return controller.desiredSize; } };
      const told = (step) => async (...args) => {
        try {
          await step(...args);
        } catch (error) {
          controller.error(error);
          throw error;
        }
      };
      const writable = new WritableStream({
        start: () => start?.(own),
        write: told((piece) => (transform ? transform(piece, own) : own.enqueue(piece))),
        close: told(async () => {
          await flush?.(own);
          controller.close();
        }),
        abort: (reason) => controller.error(reason),
      });
      Object.defineProperty(this, 'readable', { value: readable, enumerable: true });
      Object.defineProperty(this, 'writable', { value: writable, enumerable: true });
    }
    get [Symbol.toStringTag]() { return 'TransformStream'; }
  }

  class TextEncoderStream extends TransformStream {
    constructor() { super({ transform: (text, controller) => controller.enqueue(encode(String(text))) }); }
    get encoding() { return 'utf-8'; }
  }
  class TextDecoderStream extends TransformStream {
    constructor(label, options) {
      const decoder = new TextDecoder(label, options);
      const pass = (text, controller) => { if (text !== '') controller.enqueue(text); };
      super({ transform: (bytes, controller) => pass(decoder.decode(bytes, { stream: true }), controller), flush: (controller) => pass(decoder.decode(), controller) });
      Object.defineProperty(this, 'encoding', { value: decoder.encoding });
    }
  }

  // ---- Blob ----

  class Blob {
    #bytes;
    #type;
    constructor(parts = [], { type = '' } = {}) {
      const pieces = [...parts].map((part) => (part instanceof Blob ? part.#bytes : ArrayBuffer.isView(part) || part instanceof ArrayBuffer ? bytesOf(part) : encode(String(part))));
      this.#bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      let at = 0;
      for (const piece of pieces) {
        this.#bytes.set(piece, at);
        at += piece.length;
      }
      this.#type = String(type).toLowerCase();
    }
    get size() { return this.#bytes.length; }
    get type() { return this.#type; }
    async text() { return new TextDecoder().decode(this.#bytes); }
    async arrayBuffer() { return this.#bytes.slice().buffer; }
    async bytes() { return this.#bytes.slice(); }
    slice(start, end, type) { return new Blob([this.#bytes.slice(start, end)], { type }); }
    stream() { return ReadableStream.from(this.#bytes.length > 0 ? [this.#bytes.slice()] : []); }
    get [Symbol.toStringTag]() { return 'Blob'; }
  }
  class File extends Blob {
    constructor(parts, name, options = {}) {
      super(parts, options);
      Object.defineProperty(this, 'name', { value: String(name), enumerable: true });
      Object.defineProperty(this, 'lastModified', { value: options.lastModified ?? Date.now(), enumerable: true });
    }
    get [Symbol.toStringTag]() { return 'File'; }
  }

  const types = { ReadableStream, WritableStream, TransformStream, TextEncoderStream, TextDecoderStream, Blob, File };
  for (const [name, type] of Object.entries(types)) define(name, type);
  sbx.webStreams = types;
});
