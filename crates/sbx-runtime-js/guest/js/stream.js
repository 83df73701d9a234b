// `node:stream`, and streams of files. Pieces move in microtasks: files are in memory, so there is nothing to wait for.
(function (sbx) {
  'use strict';
  const { native, fs, pathOf, bytesOf, textToBytes, EventEmitter, coded } = sbx;
  const READ = Symbol('reading');
  const WRITE = Symbol('writing');
  const HIGH_WATER_MARK = 64 * 1024;
  const hide = (target, key, value) => Object.defineProperty(target, key, { value, writable: true, configurable: true });
  const sizeOf = (piece, state) => (state.objectMode ? 1 : piece.length);

  // ---- reading ----

  // `flowing` is null until someone decides, as in Node.
  function startReading(stream, options) {
    const { objectMode = false, readableObjectMode = objectMode, highWaterMark, readableHighWaterMark = highWaterMark, encoding, read } = options;
    hide(stream, READ, {
      pieces: [], size: 0, flowing: null, isAsked: false, isEnded: false, isEndSaid: false, isScheduled: false, waiters: [],
      objectMode: readableObjectMode, limit: readableHighWaterMark ?? (readableObjectMode ? 16 : HIGH_WATER_MARK), decoder: encoding ? decoderOf(encoding) : null,
    });
    if (read) hide(stream, '_read', read);
  }

  function decoderOf(encoding) {
    const name = String(encoding).toLowerCase();
    if (['utf8', 'utf-8', 'utf16le', 'ucs2', 'utf-16le'].includes(name)) {
      const decoder = new TextDecoder(name.startsWith('utf8') || name === 'utf-8' ? 'utf-8' : 'utf-16le', { ignoreBOM: true });
      return (bytes) => (bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true }));
    }
    return (bytes) => (bytes === null ? '' : Buffer.from(bytes).toString(name));
  }

  function schedule(stream) {
    const state = stream[READ];
    if (state.isScheduled) return;
    state.isScheduled = true;
    queueMicrotask(() => {
      state.isScheduled = false;
      flow(stream, state);
    });
  }

  function flow(stream, state) {
    while (state.flowing === true && state.pieces.length > 0 && !stream.destroyed) stream.emit('data', take(state));
    if (stream.destroyed) return wake(state);
    if (state.pieces.length > 0 || state.isEnded) {
      wake(state);
      if (state.flowing !== true && !state.isEndSaid && stream.listenerCount('readable') > 0) stream.emit('readable');
    }
    if (state.isEnded && state.pieces.length === 0) return sayEnd(stream, state);
    if (!state.isEnded && !state.isAsked && state.size < state.limit && (state.flowing === true || state.waiters.length > 0 || stream.listenerCount('readable') > 0)) ask(stream, state);
  }

  function ask(stream, state) {
    state.isAsked = true;
    try {
      stream._read(state.limit);
    } catch (error) {
      stream.destroy(error);
    }
  }

  function take(state) {
    const piece = state.pieces.shift();
    state.size -= sizeOf(piece, state);
    return piece;
  }

  function wake(state) {
    for (const waiter of state.waiters.splice(0)) waiter();
  }

  function sayEnd(stream, state) {
    if (state.isEndSaid || (state.flowing === null && state.waiters.length === 0 && stream.listenerCount('readable') === 0 && stream.listenerCount('end') === 0)) return;
    state.isEndSaid = true;
    stream.emit('end');
    closeIfDone(stream);
  }

  const readableMethods = {
    push(piece, encoding) {
      const state = this[READ];
      state.isAsked = false;
      if (piece === null) {
        const rest = state.decoder && !state.isEnded ? state.decoder(null) : '';
        if (rest) addPiece(state, rest);
        state.isEnded = true;
      } else if (state.isEnded) {
        this.destroy(coded(Error, 'ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF'));
      } else {
        let made = piece;
        if (!state.objectMode) {
          made = typeof piece === 'string' ? (state.decoder ? piece : Buffer.from(piece, encoding)) : Buffer.from(bytesOf(piece));
          if (state.decoder && typeof made !== 'string') made = state.decoder(made);
        }
        if (state.objectMode || made.length > 0) addPiece(state, made);
      }
      schedule(this);
      return state.size < state.limit;
    },
    unshift(piece) {
      const state = this[READ];
      state.pieces.unshift(state.objectMode || typeof piece === 'string' === Boolean(state.decoder) ? piece : Buffer.from(piece));
      state.size += sizeOf(piece, state);
      schedule(this);
    },
    read(size) {
      const state = this[READ];
      let piece = null;
      if (state.pieces.length > 0 && (state.objectMode || size === 0)) piece = size === 0 ? null : take(state);
      else if (state.pieces.length > 0) {
        const all = typeof state.pieces[0] === 'string' ? state.pieces.join('') : Buffer.concat(state.pieces);
        if (size === undefined || size >= all.length) {
          if (size === undefined || size === all.length || state.isEnded) {
            piece = all;
            state.pieces = [];
          }
        } else {
          piece = all.slice(0, size);
          state.pieces = [all.slice(size)];
        }
        state.size = state.pieces.reduce((sum, each) => sum + each.length, 0);
      }
      if (piece === null && !state.isEnded && !state.isAsked) ask(this, state);
      schedule(this);
      return piece;
    },
    _read() { throw coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _read() method is not implemented'); },
    on(name, listener) {
      EventEmitter.prototype.on.call(this, name, listener);
      if (name === 'data' && this[READ].flowing !== false) this.resume();
      else if (name === 'readable' || name === 'end') schedule(this);
      return this;
    },
    resume() {
      this[READ].flowing = true;
      schedule(this);
      return this;
    },
    pause() {
      this[READ].flowing = false;
      return this;
    },
    isPaused() { return this[READ].flowing === false; },
    setEncoding(encoding) {
      this[READ].decoder = decoderOf(encoding);
      return this;
    },
    pipe(target, options) {
      const onData = (piece) => {
        if (target.write(piece) !== false) return;
        this.pause();
        target.once('drain', () => this.resume());
      };
      this[READ].pipes = [...(this[READ].pipes ?? []), [target, onData]];
      this.on('data', onData);
      const isStandard = target === process.stdout || target === process.stderr;
      if (options?.end !== false && !isStandard) this.once('end', () => target.end());
      target.emit('pipe', this);
      return target;
    },
    unpipe(target) {
      for (const [each, onData] of this[READ].pipes ?? []) if (target === undefined || each === target) this.off('data', onData);
      return this;
    },
    async *[Symbol.asyncIterator]() {
      const state = this[READ];
      // The loop throws it.
      EventEmitter.prototype.on.call(this, 'error', () => {});
      try {
        for (;;) {
          if (state.pieces.length > 0) yield this.read();
          else if (this.errored) throw this.errored;
          else if (state.isEnded || this.destroyed) break;
          else {
            await new Promise((resolve) => {
              state.waiters.push(resolve);
              schedule(this);
            });
          }
        }
        state.flowing ??= false;
        if (state.isEnded && !state.isEndSaid) {
          state.isEndSaid = true;
          this.emit('end');
        }
      } finally {
        this.destroy();
      }
    },
    async toArray() { return Array.fromAsync(this); },
    async forEach(call) { for await (const piece of this) await call(piece); },
    map(call) { return Readable.from((async function* (source) { for await (const piece of source) yield call(piece); })(this)); },
    filter(call) { return Readable.from((async function* (source) { for await (const piece of source) if (await call(piece)) yield piece; })(this)); },
  };
  readableMethods.addListener = readableMethods.on;

  function addPiece(state, piece) {
    state.pieces.push(piece);
    state.size += sizeOf(piece, state);
  }

  // ---- writing ----

  function startWriting(stream, options) {
    const { objectMode = false, writableObjectMode = objectMode, highWaterMark, writableHighWaterMark = highWaterMark, decodeStrings = true, defaultEncoding = 'utf8', write, final } = options;
    hide(stream, WRITE, {
      queue: [], size: 0, isBusy: false, isEnding: false, isFinished: false, mustDrain: false, objectMode: writableObjectMode, decodeStrings, encoding: defaultEncoding,
      limit: writableHighWaterMark ?? (writableObjectMode ? 16 : HIGH_WATER_MARK),
    });
    if (write) hide(stream, '_write', write);
    if (final) hide(stream, '_final', final);
  }

  function writeNext(stream) {
    const state = stream[WRITE];
    if (state.isBusy || stream.destroyed) return;
    const next = state.queue.shift();
    if (next === undefined) {
      if (state.mustDrain) {
        state.mustDrain = false;
        stream.emit('drain');
      }
      if (state.isEnding && !state.isFinished) finish(stream, state);
      return;
    }
    state.isBusy = true;
    attempt(stream, (done) => stream._write(next.piece, next.encoding, done), (error) => {
      state.isBusy = false;
      state.size -= sizeOf(next.piece, state);
      if (next.done) queueMicrotask(() => next.done(error ?? null));
      if (error) stream.destroy(error);
      else queueMicrotask(() => writeNext(stream));
    });
  }

  function finish(stream, state) {
    state.isFinished = true;
    state.isBusy = true;
    attempt(stream, (done) => (stream._final ? stream._final(done) : done()), (error) => {
      state.isBusy = false;
      if (error) return void stream.destroy(error);
      stream.emit('finish');
      closeIfDone(stream);
    });
  }

  // Calls what may answer at once, later, or by throwing.
  function attempt(stream, call, done) {
    let isDone = false;
    const once = (error) => {
      if (isDone) return void stream.destroy(coded(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times'));
      isDone = true;
      done(error);
    };
    try {
      call(once);
    } catch (error) {
      once(error);
    }
  }

  const writableMethods = {
    write(piece, encoding, done) {
      if (typeof encoding === 'function') [encoding, done] = [undefined, encoding];
      const state = this[WRITE];
      if (piece === null) throw coded(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
      if (state.isEnding || this.destroyed) {
        const error = this.destroyed ? coded(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed') : coded(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
        if (done) queueMicrotask(() => done(error));
        this.destroy(error);
        return false;
      }
      if (!state.objectMode) {
        if (typeof piece !== 'string' && !ArrayBuffer.isView(piece)) throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${sbx.inspect(piece)}`);
        if (typeof piece === 'string' && state.decodeStrings) [piece, encoding] = [Buffer.from(piece, encoding ?? state.encoding), 'buffer'];
      }
      state.queue.push({ piece, encoding: encoding ?? state.encoding, done });
      state.size += sizeOf(piece, state);
      const hasRoom = state.size < state.limit;
      if (!hasRoom) state.mustDrain = true;
      writeNext(this);
      return hasRoom;
    },
    end(piece, encoding, done) {
      if (typeof piece === 'function') [piece, done] = [undefined, piece];
      if (typeof encoding === 'function') [encoding, done] = [undefined, encoding];
      if (piece !== undefined && piece !== null) this.write(piece, encoding);
      if (done) this.once('finish', done);
      this[WRITE].isEnding = true;
      queueMicrotask(() => writeNext(this));
      return this;
    },
    _write(piece, encoding, done) { done(coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _write() method is not implemented')); },
    setDefaultEncoding(encoding) {
      this[WRITE].encoding = encoding;
      return this;
    },
    cork() {},
    uncork() {},
  };

  // ---- both ----

  function closeIfDone(stream) {
    const isRead = !stream[READ] || stream[READ].isEndSaid;
    const isWritten = !stream[WRITE] || stream[WRITE].isFinished;
    if (isRead && isWritten) stream.destroy();
  }

  class Stream extends EventEmitter {
    constructor(options) {
      super();
      hide(this, 'destroyed', false);
      hide(this, 'closed', false);
      hide(this, 'errored', null);
      if (options?.destroy) hide(this, '_destroy', options.destroy);
      const signal = options?.signal;
      if (signal) signal.addEventListener('abort', () => this.destroy(signal.reason), { once: true });
    }
    destroy(error) {
      if (this.destroyed) return this;
      this.destroyed = true;
      this.errored = error ?? null;
      const close = (failed) => queueMicrotask(() => {
        if (this[READ]) wake(this[READ]);
        this.closed = true;
        if (failed) {
          this.errored = failed;
          this.emit('error', failed);
        }
        this.emit('close');
      });
      if (this._destroy) this._destroy(error ?? null, (other) => close(other ?? error));
      else close(error);
      return this;
    }
    async [Symbol.asyncDispose]() { this.destroy(); }
  }

  function mix(type, methods) {
    for (const key of Reflect.ownKeys(methods)) hide(type.prototype, key, methods[key]);
  }
  const getters = (type, members) => { for (const [name, get] of Object.entries(members)) Object.defineProperty(type.prototype, name, { get, configurable: true }); };
  const readableGetters = {
    readable() { return !this.destroyed && !this[READ].isEndSaid; },
    readableEnded() { return this[READ].isEndSaid; },
    readableFlowing() { return this[READ].flowing; },
    readableLength() { return this[READ].size; },
    readableObjectMode() { return this[READ].objectMode; },
  };
  const writableGetters = {
    writable() { return !this.destroyed && !this[WRITE].isEnding; },
    writableEnded() { return this[WRITE].isEnding; },
    writableFinished() { return this[WRITE].isFinished; },
    writableLength() { return this[WRITE].size; },
    writableNeedDrain() { return this[WRITE].mustDrain; },
  };

  class Readable extends Stream {
    constructor(options = {}) {
      super(options);
      startReading(this, options);
    }
    // A text is one piece; of anything else that can be iterated, each item is.
    static from(source, options) {
      const isOne = typeof source === 'string' || source instanceof Uint8Array;
      const items = isOne ? [source][Symbol.iterator]() : (source[Symbol.asyncIterator] ?? source[Symbol.iterator]).call(source);
      return new Readable({
        objectMode: true,
        ...options,
        read() {
          Promise.resolve(items.next()).then(async ({ done, value }) => this.push(done ? null : await value)).catch((error) => this.destroy(error));
        },
        destroy(error, done) {
          Promise.resolve(items.return?.()).then(() => done(error), done);
        },
      });
    }
  }
  class Writable extends Stream {
    constructor(options = {}) {
      super(options);
      startWriting(this, options);
    }
    static [Symbol.hasInstance](value) { return this === Writable ? typeof value === 'object' && value !== null && WRITE in value : Function.prototype[Symbol.hasInstance].call(this, value); }
  }
  class Duplex extends Readable {
    constructor(options = {}) {
      super(options);
      startWriting(this, options);
    }
  }
  mix(Readable, readableMethods);
  mix(Writable, writableMethods);
  mix(Duplex, writableMethods);
  getters(Readable, readableGetters);
  getters(Writable, writableGetters);
  getters(Duplex, writableGetters);

  class Transform extends Duplex {
    // What waits until the reading side has room.
    #held = null;
    constructor(options = {}) {
      super(options);
      if (options.transform) hide(this, '_transform', options.transform);
      if (options.flush) hide(this, '_flush', options.flush);
    }
    _write(piece, encoding, done) {
      this._transform(piece, encoding, (error, made) => {
        const hasRoom = error || made === undefined || made === null || this.push(made);
        if (hasRoom || this[READ].size < this[READ].limit) done(error);
        else this.#held = done;
      });
    }
    _read() {
      const done = this.#held;
      this.#held = null;
      done?.();
    }
    _final(done) {
      const end = (error, made) => {
        if (made !== undefined && made !== null) this.push(made);
        if (!error) this.push(null);
        done(error);
      };
      if (this._flush) this._flush(end);
      else end();
    }
    _transform(piece, encoding, done) { done(coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _transform() method is not implemented')); }
  }
  class PassThrough extends Transform {
    _transform(piece, encoding, done) { done(null, piece); }
  }

  function finished(stream, options, callback) {
    const done = typeof options === 'function' ? options : callback;
    let isSaid = false;
    const say = (error) => {
      if (isSaid) return;
      isSaid = true;
      done.call(stream, error);
    };
    const isOver = () => (!stream[READ] || stream[READ].isEndSaid) && (!stream[WRITE] || stream[WRITE].isFinished);
    stream.on('error', say);
    stream.on('close', () => say(isOver() ? undefined : coded(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close')));
    for (const name of ['end', 'finish']) stream.on(name, () => { if (isOver()) say(); });
    if (stream.closed) queueMicrotask(() => say(stream.errored ?? undefined));
    return () => { isSaid = true; };
  }

  async function runPipeline(stages) {
    if (stages.length === 1 && Array.isArray(stages[0])) stages = stages[0];
    let options;
    if (stages.length > 2 && !isStage(stages.at(-1))) options = stages.pop();
    let current = typeof stages[0] === 'function' ? stages[0]() : stages[0];
    if (!(current instanceof Stream)) current = Readable.from(current);
    const streams = [current];
    let value;
    for (const stage of stages.slice(1)) {
      if (typeof stage === 'function') {
        const made = stage(current);
        if (typeof made?.[Symbol.asyncIterator] !== 'function') {
          value = made;
          break;
        }
        current = Readable.from(made);
        streams.push(current);
      } else {
        current.on('error', (error) => stage.destroy(error));
        current = current.pipe(stage);
        streams.push(stage);
      }
    }
    options?.signal?.addEventListener('abort', () => streams[0].destroy(options.signal.reason), { once: true });
    // The first failure is the one that is told; it takes the others down.
    let failure = null;
    const fail = (error) => {
      failure ??= error;
      for (const stream of streams) if (stream instanceof Stream) stream.destroy(error);
    };
    for (const stream of streams) stream.on('error', fail);
    if (value !== undefined) return value;
    await new Promise((resolve) => {
      if (current === process.stdout || current === process.stderr) streams.at(-2).on('end', resolve);
      finished(current, (error) => {
        failure ??= error ?? null;
        resolve();
      });
      if (!(current instanceof Writable)) current.resume();
    });
    if (failure) throw failure;
    return undefined;
  }
  const isStage = (value) => typeof value === 'function' || value instanceof EventEmitter || typeof value?.[Symbol.asyncIterator] === 'function' || typeof value?.[Symbol.iterator] === 'function';

  function pipeline(...stages) {
    const callback = stages.pop();
    if (typeof callback !== 'function') throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "callback" argument must be of type function');
    runPipeline(stages).then((value) => callback(undefined, value), (error) => callback(error));
    return stages.flat().at(-1);
  }
  const promises = { pipeline: (...stages) => runPipeline(stages), finished: (stream, options) => new Promise((resolve, reject) => { finished(stream, options, (error) => (error ? reject(error) : resolve())); }) };
  Object.assign(Stream, { Stream, Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, promises, addAbortSignal: (signal, stream) => { signal.addEventListener('abort', () => stream.destroy(signal.reason), { once: true }); return stream; } });

  // ---- files ----

  const optionsOf = (options) => (typeof options === 'string' ? { encoding: options } : { ...options });

  // Opens at once, and tells of it or of what went wrong later, when there is someone to hear it.
  function openFor(stream, file, options, flag) {
    hide(stream, 'fd', options.fd ?? null);
    stream.path = typeof file === 'string' ? file : file === undefined || file === null ? undefined : pathOf(file);
    try {
      stream.fd ??= fs.openSync(file, options.flags ?? flag);
    } catch (error) {
      return void stream.destroy(error);
    }
    queueMicrotask(() => {
      if (stream.destroyed) return;
      stream.emit('open', stream.fd);
      stream.emit('ready');
    });
  }
  function closeFile(error, done) {
    if (this.fd !== null && this.fd > 2) native.close(this.fd);
    this.fd = null;
    done(error);
  }

  class ReadStream extends Readable {
    #at;
    #end;
    constructor(file, given) {
      const options = optionsOf(given);
      super({ ...options, read: undefined });
      hide(this, '_destroy', closeFile);
      this.bytesRead = 0;
      this.#at = options.start ?? null;
      this.#end = options.end ?? Infinity;
      openFor(this, file, options, 'r');
    }
    _read(size) {
      const wanted = this.#at === null ? Math.min(size, this.#end + 1 - this.bytesRead) : Math.min(size, this.#end + 1 - this.#at);
      const buffer = Buffer.alloc(Math.max(0, wanted));
      const n_read = buffer.length === 0 ? 0 : native.read(this.fd, buffer, 0, buffer.length, this.#at);
      this.bytesRead += n_read;
      if (this.#at !== null) this.#at += n_read;
      this.push(n_read === 0 ? null : buffer.subarray(0, n_read));
    }
    close(done) {
      if (done) this.once('close', done);
      this.destroy();
    }
  }

  class WriteStream extends Writable {
    #at;
    constructor(file, given) {
      const options = optionsOf(given);
      super({ ...options, defaultEncoding: options.encoding ?? 'utf8', write: undefined });
      hide(this, '_destroy', closeFile);
      this.bytesWritten = 0;
      this.#at = options.start ?? null;
      openFor(this, file, options, this.#at === null ? 'w' : 'r+');
    }
    _write(piece, encoding, done) {
      const bytes = typeof piece === 'string' ? textToBytes(piece, encoding) : bytesOf(piece);
      for (let n_done = 0; n_done < bytes.length;) {
        const n_written = native.writeBytes(this.fd, bytes, n_done, bytes.length - n_done, this.#at === null ? null : this.#at + n_done);
        n_done += n_written;
      }
      if (this.#at !== null) this.#at += bytes.length;
      this.bytesWritten += bytes.length;
      done();
    }
    close(done) {
      if (done) this.once('close', done);
      this.end();
    }
  }

  Object.assign(fs, { ReadStream, WriteStream, createReadStream: (file, options) => new ReadStream(file, options), createWriteStream: (file, options) => new WriteStream(file, options) });
  Object.assign(sbx, { stream: Stream, Readable, Writable });
});
