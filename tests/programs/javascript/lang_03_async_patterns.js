// task: Show the order of the event loop, and promise combinators, retries, timeouts and a concurrency pool.
const log = [];
const sleep = (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms));

setTimeout(() => log.push('timeout'), 0);
setImmediate(() => log.push('immediate'));
process.nextTick(() => log.push('tick'));
Promise.resolve().then(() => log.push('microtask 1')).then(() => log.push('microtask 2'));
queueMicrotask(() => log.push('queued'));
(async () => {
  log.push('async start');
  await null;
  log.push('async end');
})();
log.push('sync');

async function retry(task, { attempts = 3, delay = 2 } = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task(attempt);
    } catch (error) {
      console.log(`attempt ${attempt} failed: ${error.message}`);
      if (attempt >= attempts) throw new Error(`gave up after ${attempt}`, { cause: error });
      await sleep(delay * 2 ** attempt);
    }
  }
}
const withTimeout = (promise, ms) => Promise.race([promise, sleep(ms).then(() => { throw new Error(`timed out after ${ms} ms`); })]);

async function pool(tasks, limit) {
  const results = [];
  let next = 0;
  let active = 0;
  let peak = 0;
  const worker = async () => {
    while (next < tasks.length) {
      const i = next++;
      peak = Math.max(peak, ++active);
      results[i] = await tasks[i]();
      active--;
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return { results, peak };
}

async function main() {
  await sleep(5);
  const [ticks, others] = [log.filter((x) => x === 'tick'), log.filter((x) => x !== 'tick' && x !== 'immediate' && x !== 'timeout')];
  console.log(ticks, others, log.includes('timeout'), log.includes('immediate'));
  console.log(await Promise.all([1, sleep(3, 'slow'), Promise.resolve('ok')]));
  console.log(await Promise.allSettled([sleep(1, 'done'), Promise.reject(new Error('bad'))]).then((all) => all.map(({ status, value, reason }) => `${status}: ${value ?? reason.message}`)));
  console.log(await Promise.race([sleep(20, 'tortoise'), sleep(2, 'hare')]), await Promise.any([Promise.reject(1), sleep(2, 'any')]));
  try {
    await Promise.any([Promise.reject(new Error('x')), Promise.reject(new Error('y'))]);
  } catch (error) {
    console.log(error.name, error.message, error.errors.map((e) => e.message));
  }
  console.log(await retry(async (n) => { if (n < 3) throw new Error(`n=${n}`); return `succeeded at ${n}`; }));
  await retry(() => Promise.reject(new TypeError('always')), { attempts: 2 }).catch((error) => console.log(error.message, '<-', error.cause.name));
  await withTimeout(sleep(50), 5).catch((error) => console.log(error.message));
  console.log(await pool([30, 10, 20, 5, 1].map((ms) => () => sleep(ms / 5, ms)), 2));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 3);
  await new Promise((resolve, reject) => controller.signal.addEventListener('abort', () => reject(controller.signal.reason))).catch((e) => console.log(e.name));
  let resolveLater;
  const later = new Promise((resolve) => { resolveLater = resolve; });
  console.log(later, Promise.resolve([1]), sleep);
  resolveLater('now');
  console.log(await later, later);
  return 'finished';
}
main().then(console.log).finally(() => console.log('bye'));
