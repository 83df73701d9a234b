// task: Use enums, discriminated unions, exhaustive switches, const assertions and mapped types in an order workflow.
enum Status { Pending, Paid = 5, Shipped, Delivered }
enum Color { Red = 'RED', Green = 'GREEN' }
const enum Level { Low = 1, High = Low << 2 }

type Shape =
  | { kind: 'circle'; radius: number }
  | { kind: 'rectangle'; width: number; height: number }
  | { kind: 'triangle'; base: number; height: number };

function area(shape: Shape): number {
  switch (shape.kind) {
    case 'circle': return Math.PI * shape.radius ** 2;
    case 'rectangle': return shape.width * shape.height;
    case 'triangle': return (shape.base * shape.height) / 2;
    default: {
      const never: never = shape;
      throw new Error(`unknown shape ${JSON.stringify(never)}`);
    }
  }
}
const shapes: Shape[] = [{ kind: 'circle', radius: 1 }, { kind: 'rectangle', width: 2, height: 3 }, { kind: 'triangle', base: 4, height: 5 }];
console.log(shapes.map((s) => area(s).toFixed(2)));
try {
  area({ kind: 'hexagon' } as unknown as Shape);
} catch (e) {
  console.log((e as Error).message);
}
console.log(Status.Paid, Status[6], Status['Pending'], Status, Color.Red, Object.values(Color), Level.High);

const ROLES = ['admin', 'editor', 'viewer'] as const;
type Role = (typeof ROLES)[number];
const permissions: Record<Role, ReadonlyArray<string>> = { admin: ['read', 'write', 'delete'], editor: ['read', 'write'], viewer: ['read'] };
const can = (role: Role, action: string): boolean => permissions[role].includes(action);
console.log(ROLES.map((role) => `${role}:${can(role, 'write')}`).join(' '));

type Result<T, E = Error> = { ok: true; value: T } | { ok: false; error: E };
const parse = (text: string): Result<number, string> => {
  const value = Number(text);
  return Number.isNaN(value) ? { ok: false, error: `"${text}" is no number` } : { ok: true, value };
};
for (const text of ['42', 'x']) {
  const result = parse(text);
  console.log(result.ok ? result.value + 1 : result.error);
}
class Order {
  private history: Status[] = [Status.Pending];
  constructor(public readonly id: string, protected total = 0) {}
  get status(): Status { return this.history[this.history.length - 1]!; }
  advance(): this {
    const order: Status[] = [Status.Pending, Status.Paid, Status.Shipped, Status.Delivered];
    this.history.push(order[order.indexOf(this.status) + 1] ?? this.status);
    return this;
  }
}
const order = new Order('A-1', 99).advance().advance();
console.log(Status[order.status], order.id, <number>(order as any).total);
let tuple: [name: string, age?: number, ...rest: boolean[]] = ['x', 1, true];
const [first, , ...flags] = tuple;
console.log(first, flags, ((x?: number) => x! ?? 'none')());
