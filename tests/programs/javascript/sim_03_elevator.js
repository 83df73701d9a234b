// task: Simulate an elevator as a state machine and a vending machine, and print the trace.
const DIRECTION = Object.freeze({ UP: 1, DOWN: -1, IDLE: 0 });

class Elevator {
  #floor = 0;
  #direction = DIRECTION.IDLE;
  #stops = new Set();
  #log = [];
  call(floor) {
    this.#stops.add(floor);
    return this;
  }
  #hasStops(direction) {
    return [...this.#stops].some((stop) => Math.sign(stop - this.#floor) === direction);
  }
  tick() {
    if (this.#stops.delete(this.#floor)) this.#log.push(`open ${this.#floor}`);
    if (this.#direction === DIRECTION.IDLE || !this.#hasStops(this.#direction)) {
      this.#direction = [this.#direction * -1, DIRECTION.UP, DIRECTION.DOWN].find((d) => d !== 0 && this.#hasStops(d)) ?? DIRECTION.IDLE;
    }
    this.#floor += this.#direction;
    return this.#direction !== DIRECTION.IDLE;
  }
  run(events) {
    let time = 0;
    do {
      (events[time] ?? []).forEach((floor) => this.call(floor));
      time++;
    } while (this.tick() || Object.keys(events).some((t) => t >= time));
    return { time, floor: this.#floor, log: this.#log };
  }
}
console.log(new Elevator().run({ 0: [3, 1], 1: [5], 4: [0], 9: [2] }));

const machine = {
  initial: 'idle',
  states: {
    idle: { on: { COIN: { target: 'ready', action: (c, { value }) => { c.credit += value; } } } },
    ready: {
      on: {
        COIN: { target: 'ready', action: (c, { value }) => { c.credit += value; } },
        SELECT: [
          { guard: (c, { item }) => !c.stock[item], target: 'ready', action: (c, { item }) => c.out.push(`${item} sold out`) },
          { guard: (c, { item }) => c.credit >= c.prices[item], target: 'idle', action: (c, { item }) => { c.out.push(`${item}, change ${c.credit - c.prices[item]}`); c.stock[item]--; c.credit = 0; } },
          { target: 'ready', action: (c, { item }) => c.out.push(`${c.prices[item] - c.credit} more for ${item}`) },
        ],
        CANCEL: { target: 'idle', action: (c) => { c.out.push(`returned ${c.credit}`); c.credit = 0; } },
      },
    },
  },
};
function interpret({ initial, states }, context) {
  let state = initial;
  const trace = [];
  return {
    send(type, payload = {}) {
      const transition = [states[state].on[type] ?? []].flat().find(({ guard }) => !guard || guard(context, payload));
      trace.push(`${state} --${type}--> ${transition?.target ?? '(ignored)'}`);
      if (transition) {
        transition.action?.(context, payload);
        state = transition.target;
      }
      return this;
    },
    get state() { return state; },
    trace,
  };
}
const context = { credit: 0, prices: { cola: 150, chips: 100 }, stock: { cola: 1, chips: 0 }, out: [] };
const vending = interpret(machine, context);
vending.send('SELECT', { item: 'cola' }).send('COIN', { value: 100 }).send('SELECT', { item: 'chips' }).send('SELECT', { item: 'cola' }).send('COIN', { value: 100 }).send('SELECT', { item: 'cola' }).send('COIN', { value: 50 }).send('SELECT', { item: 'cola' }).send('CANCEL');
console.log(vending.trace.join('\n'));
console.log(context, vending.state);
console.log(vending, DIRECTION);
