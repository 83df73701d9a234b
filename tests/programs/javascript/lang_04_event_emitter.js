// task: Build an order system on EventEmitter, write an own typed emitter and a pub/sub with wildcards.
const EventEmitter = require('events');

class OrderSystem extends EventEmitter {
  #orders = new Map();
  #nextId = 1;
  place(customer, items) {
    const order = { id: this.#nextId++, customer, items, total: items.reduce((sum, { price, qty = 1 }) => sum + price * qty, 0), status: 'placed' };
    if (order.total <= 0) {
      this.emit('error', new RangeError(`order ${order.id} is empty`));
      return null;
    }
    this.#orders.set(order.id, order);
    this.emit('placed', order);
    return order.id;
  }
  advance(id) {
    const order = this.#orders.get(id);
    const states = ['placed', 'paid', 'shipped', 'delivered'];
    order.status = states[states.indexOf(order.status) + 1] ?? order.status;
    this.emit('status', order.id, order.status);
    this.emit(order.status, order);
  }
}
const shop = new OrderSystem();
shop.on('placed', ({ id, customer, total }) => console.log(`#${id} ${customer}: ${total.toFixed(2)}`));
shop.on('status', (id, status) => console.log(`#${id} is now ${status}`));
shop.once('shipped', function onShipped({ customer }) { console.log(`mail to ${customer}`, this === shop); });
shop.on('error', (error) => console.log(`${error.name}: ${error.message}`));
shop.prependListener('placed', () => console.log('-- new order'));

const a = shop.place('Ann', [{ price: 9.99, qty: 2 }, { price: 5 }]);
const b = shop.place('Bob', [{ price: 1 }]);
shop.place('Eve', []);
for (const id of [a, a, b, b, b]) shop.advance(id);
console.log(shop.listenerCount('placed'), shop.eventNames(), shop.emit('nothing'), shop.listeners('status').length);
const tap = () => {};
shop.on('status', tap).off('status', tap).removeAllListeners('placed');
console.log(shop.listenerCount('status'), shop.listenerCount('placed'));

class PubSub {
  #topics = new Map();
  subscribe(pattern, handler) {
    const key = pattern.replace(/[.*]/g, (c) => (c === '*' ? '[^.]+' : '\\.'));
    const entry = { test: new RegExp(`^${key}$`), handler };
    this.#topics.set(entry, pattern);
    return () => this.#topics.delete(entry);
  }
  publish(topic, data) {
    let delivered = 0;
    for (const { test, handler } of this.#topics.keys()) {
      if (test.test(topic)) {
        handler(data, topic);
        delivered++;
      }
    }
    return delivered;
  }
}
const bus = new PubSub();
const off = bus.subscribe('user.*', (data, topic) => console.log(topic, data));
bus.subscribe('user.login', ({ name }) => console.log('welcome', name));
console.log(bus.publish('user.login', { name: 'Ann' }), bus.publish('user.logout', 1), off(), bus.publish('user.logout', 2));
try {
  new EventEmitter().emit('error', new Error('unhandled'));
} catch (error) {
  console.log('thrown:', error.message);
}
EventEmitter.once(shop, 'paid').then(([order]) => console.log('promise:', order.id, order.status));
shop.advance(shop.place('Cy', [{ price: 3 }]));
const target = new EventTarget();
target.addEventListener('ping', (event) => console.log(event.type, event.detail, event.constructor.name), { once: true });
target.dispatchEvent(new CustomEvent('ping', { detail: { n: 1 } }));
target.dispatchEvent(new CustomEvent('ping'));
