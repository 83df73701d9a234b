// `node:events`.
(function (sbx) {
  'use strict';
  const { inspect } = sbx;
  const coded = (type, code, message, members) => Object.assign(new type(message), { code, ...members });

  class EventEmitter {
    #listeners = new Map();
    static defaultMaxListeners = 10;
    #list(name) { return this.#listeners.get(name) ?? []; }
    #add(name, listener, isFirst) {
      if (typeof listener !== 'function') throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "listener" argument must be of type function. Received ${inspect(listener)}`);
      if (this.#listeners.has('newListener')) this.emit('newListener', name, listener.listener ?? listener);
      this.#listeners.set(name, isFirst ? [listener, ...this.#list(name)] : [...this.#list(name), listener]);
      return this;
    }
    #once(name, listener) {
      const wrapped = (...args) => {
        this.off(name, wrapped);
        return listener.apply(this, args);
      };
      wrapped.listener = listener;
      return wrapped;
    }
    on(name, listener) { return this.#add(name, listener, false); }
    addListener(name, listener) { return this.#add(name, listener, false); }
    prependListener(name, listener) { return this.#add(name, listener, true); }
    once(name, listener) { return this.#add(name, this.#once(name, listener), false); }
    prependOnceListener(name, listener) { return this.#add(name, this.#once(name, listener), true); }
    off(name, listener) {
      const list = this.#list(name);
      const at = list.findLastIndex((each) => each === listener || each.listener === listener);
      if (at >= 0) this.#listeners.set(name, list.toSpliced(at, 1));
      return this;
    }
    removeListener(name, listener) { return this.off(name, listener); }
    removeAllListeners(name) {
      if (name === undefined) this.#listeners.clear();
      else this.#listeners.delete(name);
      return this;
    }
    emit(name, ...args) {
      const list = this.#list(name);
      if (list.length === 0 && name === 'error') {
        throw args[0] instanceof Error ? args[0] : coded(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${inspect(args[0])})`, { context: args[0] });
      }
      for (const listener of list) listener.apply(this, args);
      return list.length > 0;
    }
    listeners(name) { return this.#list(name).map((listener) => listener.listener ?? listener); }
    rawListeners(name) { return [...this.#list(name)]; }
    listenerCount(name) { return this.#list(name).length; }
    eventNames() { return [...this.#listeners.keys()].filter((name) => this.#list(name).length > 0); }
    setMaxListeners() { return this; }
    getMaxListeners() { return EventEmitter.defaultMaxListeners; }
    static getEventListeners(emitter, name) { return emitter.listeners(name); }
    static listenerCount(emitter, name) { return emitter.listenerCount(name); }
    static setMaxListeners() {}
    static once(emitter, name) {
      return new Promise((resolve, reject) => {
        const onError = (error) => reject(error);
        if (name !== 'error') emitter.once('error', onError);
        emitter.once(name, (...args) => {
          emitter.off('error', onError);
          resolve(args);
        });
      });
    }
  }
  EventEmitter.EventEmitter = EventEmitter;

  Object.assign(sbx, { EventEmitter, coded });
});
