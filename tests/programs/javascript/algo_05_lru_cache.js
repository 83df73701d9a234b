// task: Implement an LRU cache with TTL and statistics, plus a memoize and a rate limiter on top of it.
class LRUCache extends Map {
  #hits = 0;
  #misses = 0;
  constructor(capacity, { ttl = Infinity, now = () => 0 } = {}) {
    super();
    this.capacity = capacity;
    this.ttl = ttl;
    this.now = now;
  }
  get(key) {
    const entry = super.get(key);
    if (!entry || this.now() - entry.at > this.ttl) {
      this.#misses++;
      if (entry) super.delete(key);
      return undefined;
    }
    this.#hits++;
    super.delete(key);
    super.set(key, entry);
    return entry.value;
  }
  set(key, value) {
    super.delete(key);
    super.set(key, { value, at: this.now() });
    if (this.size > this.capacity) {
      const oldest = this.keys().next().value;
      super.delete(oldest);
      this.onEvict?.(oldest);
    }
    return this;
  }
  get stats() {
    const total = this.#hits + this.#misses;
    return { hits: this.#hits, misses: this.#misses, ratio: total ? +(this.#hits / total).toFixed(3) : null };
  }
}

let clock = 0;
const cache = new LRUCache(2, { ttl: 100, now: () => clock });
const evicted = [];
cache.onEvict = (key) => evicted.push(key);
cache.set('a', 1).set('b', 2);
console.log(cache.get('a'));
cache.set('c', 3);
console.log(cache.get('b'), [...cache.keys()], evicted);
clock = 150;
console.log(cache.get('a'), cache.size, cache.stats);

const memoize = (fn, size = 100) => {
  const results = new LRUCache(size);
  return Object.assign((...args) => {
    const key = JSON.stringify(args);
    let value = results.get(key);
    if (value === undefined) results.set(key, (value = fn(...args)));
    return value;
  }, { cache: results });
};
let calls = 0;
const slowSquare = memoize((n) => {
  calls++;
  return n * n;
}, 3);
console.log([2, 3, 2, 2, 4, 5, 2, 3].map((n) => slowSquare(n)), calls, slowSquare.cache.stats);

class RateLimiter {
  #tokens;
  constructor(perSecond, burst = perSecond) { Object.assign(this, { perSecond, burst, last: 0 }); this.#tokens = burst; }
  allow(time) {
    this.#tokens = Math.min(this.burst, this.#tokens + ((time - this.last) / 1000) * this.perSecond);
    this.last = time;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
const limiter = new RateLimiter(2);
console.log([0, 10, 20, 400, 510, 520, 2000].map((t) => `${t}:${limiter.allow(t) ? 'ok' : 'no'}`).join(' '));
console.log(limiter, cache instanceof Map, cache);
