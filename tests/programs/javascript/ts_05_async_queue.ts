// task: Write a typed job queue with priorities, retries and concurrency, and print its metrics.
type Job<T> = { name: string; priority: number; run: () => Promise<T>; retries?: number };
type Outcome<T> = { name: string; attempts: number } & ({ status: 'done'; value: T } | { status: 'failed'; reason: string });

const sleep = (ms: number): Promise<void> => new Promise<void>((resolve) => setTimeout(resolve, ms));

class JobQueue<T> {
  private readonly waiting: Job<T>[] = [];
  private active = 0;
  public peak = 0;
  constructor(private readonly concurrency: number = 2) {}
  add(...jobs: Job<T>[]): this {
    this.waiting.push(...jobs);
    this.waiting.sort((a, b) => b.priority - a.priority);
    return this;
  }
  private async attempt({ name, run, retries = 0 }: Job<T>): Promise<Outcome<T>> {
    for (let attempts = 1; ; attempts++) {
      try {
        return { name, attempts, status: 'done', value: await run() };
      } catch (error) {
        if (attempts > retries) return { name, attempts, status: 'failed', reason: error instanceof Error ? error.message : String(error) };
        await sleep(1);
      }
    }
  }
  async drain(): Promise<Outcome<T>[]> {
    const outcomes: Outcome<T>[] = [];
    const worker = async (): Promise<void> => {
      for (let job = this.waiting.shift(); job !== undefined; job = this.waiting.shift()) {
        this.peak = Math.max(this.peak, ++this.active);
        outcomes.push(await this.attempt(job));
        this.active--;
      }
    };
    await Promise.all(Array.from({ length: this.concurrency }, worker));
    return outcomes;
  }
}
let failures = 2;
const queue = new JobQueue<number | string>(2).add(
  { name: 'slow', priority: 1, run: async () => { await sleep(30); return 1; } },
  { name: 'urgent', priority: 9, run: async () => { await sleep(10); return 'first'; } },
  { name: 'flaky', priority: 5, retries: 3, run: async () => { if (failures-- > 0) throw new Error('flaky'); return 3; } },
  { name: 'broken', priority: 3, retries: 1, run: () => Promise.reject('always') },
);
(async (): Promise<void> => {
  const outcomes = await queue.drain();
  for (const outcome of outcomes.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    console.log(outcome.name, outcome.attempts, outcome.status === 'done' ? outcome.value : `! ${outcome.reason}`);
  }
  console.log(queue.peak, outcomes.filter((o): o is Extract<typeof o, { status: 'done' }> => o.status === 'done').length);
  const settled: PromiseSettledResult<number>[] = await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error('x'))]);
  console.log(settled.map((s) => s.status));
  type Awaitable<V> = V | PromiseLike<V>;
  const unwrap = async <V>(value: Awaitable<V>): Promise<V> => await value;
  console.log(await unwrap(5), await unwrap(Promise.resolve('six')));
})();
