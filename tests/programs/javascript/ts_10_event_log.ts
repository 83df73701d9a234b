// task: Replay an event-sourced shopping cart with classes, readonly state, reducers and getters/setters.
type CartEvent =
  | { readonly type: 'ItemAdded'; sku: string; price: number; quantity?: number }
  | { readonly type: 'ItemRemoved'; sku: string }
  | { readonly type: 'DiscountApplied'; percent: number }
  | { readonly type: 'CheckedOut'; at: string };

interface Line { sku: string; price: number; quantity: number }
interface CartState { readonly lines: ReadonlyMap<string, Line>; readonly discount: number; readonly checkedOutAt?: Date }

const empty: CartState = { lines: new Map(), discount: 0 };
type Reducers = { [E in CartEvent as E['type']]: (state: CartState, event: E) => CartState };
const reducers: Reducers = {
  ItemAdded: (state, { sku, price, quantity = 1 }) => {
    const lines = new Map(state.lines);
    const line = lines.get(sku);
    lines.set(sku, { sku, price, quantity: (line?.quantity ?? 0) + quantity });
    return { ...state, lines };
  },
  ItemRemoved: (state, { sku }) => ({ ...state, lines: new Map([...state.lines].filter(([key]) => key !== sku)) }),
  DiscountApplied: (state, { percent }) => ({ ...state, discount: Math.min(percent, 50) }),
  CheckedOut: (state, { at }) => ({ ...state, checkedOutAt: new Date(at) }),
};
const apply = (state: CartState, event: CartEvent): CartState => (reducers[event.type] as (s: CartState, e: CartEvent) => CartState)(state, event);

class Cart {
  private _state: CartState = empty;
  private readonly _events: CartEvent[] = [];
  static replay(events: Iterable<CartEvent>): Cart {
    const cart = new Cart();
    for (const event of events) cart.dispatch(event);
    return cart;
  }
  dispatch(event: CartEvent): void {
    if (this._state.checkedOutAt) throw new Error(`cart is closed, cannot apply ${event.type}`);
    this._state = apply(this._state, event);
    this._events.push(event);
  }
  get total(): number {
    const sum = [...this._state.lines.values()].reduce((n, { price, quantity }) => n + price * quantity, 0);
    return Math.round(sum * (100 - this._state.discount)) / 100;
  }
  set discount(percent: number) { this.dispatch({ type: 'DiscountApplied', percent }); }
  get events(): readonly CartEvent[] { return this._events; }
  at(version: number): Cart { return Cart.replay(this._events.slice(0, version)); }
}
const cart = new Cart();
cart.dispatch({ type: 'ItemAdded', sku: 'tea', price: 4.5, quantity: 2 });
cart.dispatch({ type: 'ItemAdded', sku: 'cup', price: 12 });
cart.dispatch({ type: 'ItemAdded', sku: 'tea', price: 4.5 });
console.log(cart.total);
cart.discount = 80;
console.log(cart.total);
cart.dispatch({ type: 'ItemRemoved', sku: 'cup' });
cart.dispatch({ type: 'CheckedOut', at: '2024-05-01T10:00:00Z' });
for (let version = 0; version <= cart.events.length; version++) console.log(version, cart.at(version).total.toFixed(2), cart.events[version - 1]?.type ?? '-');
try {
  cart.discount = 5;
} catch (error) {
  console.log((<Error>error).message);
}
console.log(cart);
const serialised: string = JSON.stringify(cart.events);
console.log(Cart.replay(JSON.parse(serialised) as CartEvent[]).total === cart.total, serialised.length);
const counts = cart.events.reduce((all, { type }) => { all[type] = (all[type] ?? 0) + 1; return all; }, {} as Partial<Record<CartEvent['type'], number>>);
console.log(counts);
