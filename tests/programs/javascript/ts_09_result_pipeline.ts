// task: Model a validation pipeline with Result types, branded ids, template literal types and function composition.
type Brand<T, B extends string> = T & { readonly __brand: B };
type UserId = Brand<string, 'UserId'>;
type Ok<T> = { readonly tag: 'ok'; readonly value: T };
type Err<E> = { readonly tag: 'err'; readonly error: E };
type Result<T, E> = Ok<T> | Err<E>;

const ok = <T,>(value: T): Ok<T> => ({ tag: 'ok', value });
const err = <E,>(error: E): Err<E> => ({ tag: 'err', error });
const chain = <A, B, E>(result: Result<A, E>, next: (value: A) => Result<B, E>): Result<B, E> => (result.tag === 'ok' ? next(result.value) : result);
const pipe = <A, E>(start: A, ...steps: Array<(value: any) => Result<any, E>>) => steps.reduce<Result<any, E>>((acc, step) => chain(acc, step), ok(start));

type Field = 'name' | 'age' | 'email';
type Getter<F extends string> = `get${Capitalize<F>}`;
type Problem = { field: Field; message: string };
interface Form { name: string; age: string; email: string }
interface Person { id: UserId; name: string; age: number; email: string }

let lastId = 0;
const newId = (): UserId => `u-${(++lastId).toString().padStart(3, '0')}` as UserId;
const trimmed = (form: Form): Result<Form, Problem> => ok(Object.fromEntries(Object.entries(form).map(([k, v]) => [k, (v as string).trim()])) as unknown as Form);
const named = (form: Form): Result<Form, Problem> => (form.name.length >= 2 ? ok(form) : err({ field: 'name', message: 'too short' }));
const aged = (form: Form): Result<Omit<Form, 'age'> & { age: number }, Problem> => {
  const age = Number.parseInt(form.age, 10);
  return Number.isSafeInteger(age) && age > 0 && age < 150 ? ok({ ...form, age }) : err({ field: 'age', message: `"${form.age}" is no age` });
};
const mailed = <T extends { email: string }>(form: T): Result<T, Problem> => (/^\S+@\S+\.\w+$/.test(form.email) ? ok({ ...form, email: form.email.toLowerCase() }) : err({ field: 'email', message: 'invalid' }));
const create = (form: Omit<Person, 'id'>): Result<Person, Problem> => ok({ id: newId(), ...form });

const forms: Form[] = [{ name: ' Ann ', age: '31', email: 'ANN@X.org' }, { name: 'B', age: '1', email: 'b@x.org' }, { name: 'Cid', age: 'old', email: 'c@x.org' }, { name: 'Dee', age: '44', email: 'nope' }];
const results = forms.map((form) => pipe<Form, Problem>(form, trimmed, named, aged, mailed, create) as Result<Person, Problem>);
for (const result of results) {
  switch (result.tag) {
    case 'ok': console.log('created', result.value); break;
    case 'err': console.log(`${result.error.field}: ${result.error.message}`); break;
  }
}
function partition<T, E>(all: readonly Result<T, E>[]): [T[], E[]] {
  const values: T[] = [], errors: E[] = [];
  for (const each of all) each.tag === 'ok' ? values.push(each.value) : errors.push(each.error);
  return [values, errors];
}
const [people, problems] = partition(results);
console.log(people.length, problems.length, problems.map(({ field }) => field));
const getters = Object.fromEntries((['name', 'age'] as const).map((field) => [`get${field[0]!.toUpperCase()}${field.slice(1)}`, () => people[0]![field]])) as Record<Getter<'name' | 'age'>, () => string | number>;
console.log(getters.getName(), getters.getAge());
type DeepReadonly<T> = { readonly [K in keyof T]: T[K] extends object ? DeepReadonly<T[K]> : T[K] };
const config: DeepReadonly<{ limits: { max: number } }> = Object.freeze({ limits: Object.freeze({ max: 3 }) });
console.log(config.limits.max);
