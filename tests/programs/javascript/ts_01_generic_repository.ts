// task: Write a generic in-memory repository with interfaces, keyed queries and type guards.
interface Entity {
  readonly id: number;
  createdAt?: Date;
}
interface User extends Entity {
  name: string;
  email: string;
  role: 'admin' | 'user';
}
type New<T extends Entity> = Omit<T, 'id'>;
type Query<T> = { [K in keyof T]?: T[K] | ((value: T[K]) => boolean) };

class Repository<T extends Entity> implements Iterable<T> {
  private readonly items = new Map<number, T>();
  private nextId: number = 1;
  constructor(protected readonly name: string, private validate: (item: New<T>) => string[] = () => []) {}

  add(item: New<T>): T {
    const errors = this.validate(item);
    if (errors.length > 0) throw new Error(`${this.name}: ${errors.join('; ')}`);
    const entity = { ...item, id: this.nextId++ } as T;
    this.items.set(entity.id, entity);
    return entity;
  }
  get(id: number): T | undefined { return this.items.get(id); }
  find(query: Query<T>): T[] {
    return [...this].filter((item) => (Object.keys(query) as (keyof T)[]).every((key) => {
      const wanted = query[key];
      return typeof wanted === 'function' ? (wanted as (value: T[keyof T]) => boolean)(item[key]) : item[key] === wanted;
    }));
  }
  update(id: number, changes: Partial<New<T>>): T {
    const found = this.items.get(id);
    if (!found) throw new RangeError(`no ${this.name} ${id}`);
    return Object.assign(found, changes);
  }
  *[Symbol.iterator](): Iterator<T> { yield* this.items.values(); }
}
function isAdmin(user: User): user is User & { role: 'admin' } { return user.role === 'admin'; }

const users = new Repository<User>('user', ({ name, email }) => [...(name ? [] : ['name is empty']), ...(email.includes('@') ? [] : [`bad email ${email}`])]);
users.add({ name: 'Ann', email: 'ann@x.org', role: 'admin' });
users.add({ name: 'Bob', email: 'bob@x.org', role: 'user' });
users.add({ name: 'Cid', email: 'cid@y.org', role: 'user' });
console.log(users.find({ role: 'user' }).map((u: User): string => u.name), users.find({ email: (e) => e!.endsWith('x.org') }).length);
console.log(users.update(2, { role: 'admin' }), [...users].filter(isAdmin).map(({ id }) => id));
for (const bad of [() => users.add({ name: '', email: 'nope', role: 'user' }), () => users.update(9, {})] satisfies (() => unknown)[]) {
  try {
    bad();
  } catch (error: unknown) {
    console.log(error instanceof Error ? `${error.name}: ${error.message}` : error);
  }
}
console.log(users.get(1)?.name ?? 'nobody', users.get(7)?.name ?? 'nobody');
