// Timers, and what the event loop does between microtasks. The loop itself is in guest.c.
(function (sbx) {
  'use strict';
  const { native, define } = sbx;
  // A timer never waits longer than this, as everywhere.
  const MAX_MS = 2 ** 31 - 1;
  let lastId = 0;
  // Sorted by when they are due, then by when they were made.
  let timers = [];
  let immediates = [];
  // `[promise, reason]` of each rejection that nobody handles yet. Without methods, which the program could have replaced.
  let rejections = [];

  class Timeout {
    constructor(id) {
      Object.defineProperty(this, 'id', { value: id });
      Object.defineProperty(this, 'isRef', { value: true, writable: true });
    }
    ref() { this.isRef = true; return this; }
    unref() { this.isRef = false; return this; }
    hasRef() { return this.isRef; }
    close() { clear(this); return this; }
    [Symbol.toPrimitive]() { return this.id; }
    [Symbol.dispose]() { clear(this); }
  }

  function checkCallback(callback) {
    if (typeof callback === 'function') return;
    const error = new TypeError(`The "callback" argument must be of type function. Received ${sbx.inspect(callback)}`);
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }

  function insert(timer) {
    let at = timers.length;
    while (at > 0 && timers[at - 1].due > timer.due) at--;
    timers.splice(at, 0, timer);
  }

  function schedule(callback, delay, args, repeats) {
    checkCallback(callback);
    let ms = Number(delay);
    if (!(ms >= 1 && ms <= MAX_MS)) ms = 1;
    const handle = new Timeout(++lastId);
    insert({ id: handle.id, handle, due: native.now() + ms, callback, args, every: repeats ? ms : 0 });
    return handle;
  }

  function clear(handle) {
    if (handle === null || handle === undefined) return;
    const id = Number(handle);
    const at = timers.findIndex((timer) => timer.id === id);
    if (at >= 0) timers.splice(at, 1);
    immediates = immediates.filter((immediate) => immediate.handle !== handle);
  }

  define('setTimeout', function setTimeout(callback, delay, ...args) { return schedule(callback, delay, args, false); });
  define('setInterval', function setInterval(callback, delay, ...args) { return schedule(callback, delay, args, true); });
  define('clearTimeout', function clearTimeout(handle) { clear(handle); });
  define('clearInterval', function clearInterval(handle) { clear(handle); });
  define('setImmediate', function setImmediate(callback, ...args) {
    checkCallback(callback);
    const handle = new Timeout(++lastId);
    immediates.push({ handle, callback, args });
    return handle;
  });
  define('clearImmediate', function clearImmediate(handle) { clear(handle); });

  function rejection(promise, reason, isHandled) {
    if (!isHandled) {
      rejections[rejections.length] = [promise, reason];
      return;
    }
    const kept = [];
    for (let at = 0; at < rejections.length; at++) if (rejections[at][0] !== promise) kept[kept.length] = rejections[at];
    rejections = kept;
  }

  // One step of the loop when no microtask is left: -1 if something ran, 0 if nothing is left to do, else how many
  // milliseconds to wait, plus 1. Throws what a callback throws, and the first rejection that nobody handled.
  function step() {
    if (rejections.length > 0) {
      const promise = rejections[0][0];
      const reason = rejections[0][1];
      rejection(promise, reason, true);
      if (sbx.onUnhandledRejection(reason, promise)) return -1;
      throw reason;
    }
    if (immediates.length > 0) {
      const { callback, args } = immediates.shift();
      return call(callback, args);
    }
    if (timers.length === 0 || !timers.some((timer) => timer.handle.isRef)) return 0;
    const [timer] = timers;
    const now = native.now();
    if (timer.due > now) return timer.due - now + 1;
    timers.shift();
    if (timer.every > 0) {
      timer.due = Math.max(now, timer.due) + timer.every;
      insert(timer);
    }
    return call(timer.callback, timer.args);
  }

  function call(callback, args) {
    try {
      callback(...args);
    } catch (error) {
      if (!sbx.onUncaughtException(error)) throw error;
    }
    return -1;
  }

  // What a program that ended leaves behind is not for the next one.
  function abandon() {
    timers = [];
    immediates = [];
    rejections = [];
  }

  Object.assign(sbx, { step, rejection, abandonTimers: abandon, schedule, clearTimer: clear });
});
