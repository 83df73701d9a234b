// task: Write a tokenizer, parser and interpreter for a small language with variables, functions, if and while.
const source = `
  let n = 10;
  fn fact(x) { if (x <= 1) { return 1; } return x * fact(x - 1); }
  fn fib(k) { let a = 0; let b = 1; while (k > 0) { let t = a + b; a = b; b = t; k = k - 1; } return a; }
  print fact(n) / fact(n - 2);
  print fib(30), "is fib", 2 ^ 3 ^ 2, -(3 + 4) * 2 % 5;
  print n > 5 and not (n == 11), undefinedName;
`;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|"([^"]*)"|([A-Za-z_]\w*)|(<=|>=|==|!=|[-+*/%^<>=(){};,]))/y;
const KEYWORDS = new Set(['let', 'fn', 'if', 'else', 'while', 'return', 'print', 'and', 'or', 'not']);
function tokenize(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (let m; (m = TOKEN.exec(text));) {
    const [, number, string, name, op] = m;
    if (number) tokens.push({ type: 'number', value: Number(number) });
    else if (string !== undefined) tokens.push({ type: 'string', value: string });
    else if (name) tokens.push({ type: KEYWORDS.has(name) ? name : 'name', value: name });
    else tokens.push({ type: op, value: op });
  }
  return [...tokens, { type: 'end' }];
}

class Parser {
  #tokens; #at = 0;
  constructor(tokens) { this.#tokens = tokens; }
  get next() { return this.#tokens[this.#at].type; }
  take(...types) { return types.includes(this.next) ? this.#tokens[this.#at++] : null; }
  expect(type) { return this.take(type) ?? (() => { throw new SyntaxError(`expected ${type}, found ${this.next}`); })(); }
  program() { const body = []; while (this.next !== 'end' && this.next !== '}') body.push(this.statement()); return body; }
  block() { this.expect('{'); const body = this.program(); this.expect('}'); return body; }
  list(end) { const items = []; if (this.next !== end) do items.push(this.expression()); while (this.take(',')); return items; }
  statement() {
    if (this.take('let')) { const name = this.expect('name').value; this.expect('='); const value = this.expression(); this.expect(';'); return { kind: 'let', name, value }; }
    if (this.take('fn')) { const name = this.expect('name').value; this.expect('('); const params = this.list(')').map((p) => p.name); this.expect(')'); return { kind: 'fn', name, params, body: this.block() }; }
    if (this.take('if')) { const test = this.expression(); return { kind: 'if', test, then: this.block(), otherwise: this.take('else') ? this.block() : [] }; }
    if (this.take('while')) return { kind: 'while', test: this.expression(), body: this.block() };
    if (this.take('return')) { const value = this.expression(); this.expect(';'); return { kind: 'return', value }; }
    if (this.take('print')) { const args = this.list(';'); this.expect(';'); return { kind: 'print', args }; }
    const value = this.expression();
    if (this.take('=')) { const right = this.expression(); this.expect(';'); return { kind: 'assign', name: value.name, value: right }; }
    this.expect(';');
    return { kind: 'expr', value };
  }
  expression(level = 0) {
    const levels = [['or'], ['and'], ['==', '!='], ['<', '>', '<=', '>='], ['+', '-'], ['*', '/', '%'], ['^']];
    if (level === levels.length) return this.unary();
    let left = this.expression(level + 1);
    for (let op; (op = this.take(...levels[level]));) left = { kind: 'op', op: op.type, left, right: this.expression(op.type === '^' ? level : level + 1) };
    return left;
  }
  unary() {
    const op = this.take('-', 'not');
    if (op) return { kind: 'unary', op: op.type, value: this.unary() };
    const literal = this.take('number', 'string');
    if (literal) return { kind: 'literal', value: literal.value };
    if (this.take('(')) { const inner = this.expression(); this.expect(')'); return inner; }
    const { value: name } = this.expect('name');
    if (!this.take('(')) return { kind: 'name', name };
    const args = this.list(')');
    this.expect(')');
    return { kind: 'call', name, args };
  }
}
const OPS = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b, '^': (a, b) => a ** b, '<': (a, b) => a < b, '>': (a, b) => a > b, '<=': (a, b) => a <= b, '>=': (a, b) => a >= b, '==': (a, b) => a === b, '!=': (a, b) => a !== b };
const RETURN = Symbol('return');
function evaluate(node, scope) {
  switch (node.kind) {
    case 'literal': return node.value;
    case 'name': if (!(node.name in scope)) throw new ReferenceError(`${node.name} is not defined`); return scope[node.name];
    case 'unary': return node.op === '-' ? -evaluate(node.value, scope) : !evaluate(node.value, scope);
    case 'op': if (node.op === 'and') return evaluate(node.left, scope) && evaluate(node.right, scope); if (node.op === 'or') return evaluate(node.left, scope) || evaluate(node.right, scope); return OPS[node.op](evaluate(node.left, scope), evaluate(node.right, scope));
    case 'call': return scope[node.name](...node.args.map((arg) => evaluate(arg, scope)));
    default: throw new Error(node.kind);
  }
}
function run(body, scope) {
  for (const s of body) {
    let result;
    if (s.kind === 'let' || s.kind === 'assign') { let owner = scope; if (s.kind === 'assign') while (!Object.hasOwn(owner, s.name)) owner = Object.getPrototypeOf(owner); owner[s.name] = evaluate(s.value, scope); } else if (s.kind === 'fn') scope[s.name] = (...args) => run(s.body, Object.assign(Object.create(scope), Object.fromEntries(s.params.map((p, i) => [p, args[i]]))))?.[RETURN];
    else if (s.kind === 'if') result = run(evaluate(s.test, scope) ? s.then : s.otherwise, Object.create(scope));
    else if (s.kind === 'while') { while (!result && evaluate(s.test, scope)) result = run(s.body, Object.create(scope)); } else if (s.kind === 'return') return { [RETURN]: evaluate(s.value, scope) };
    else if (s.kind === 'print') console.log(...s.args.map((arg) => evaluate(arg, scope)));
    else evaluate(s.value, scope);
    if (result) return result;
  }
}
const tokens = tokenize(source);
console.log(tokens.length, tokens.slice(0, 5).map((t) => t.value).join(' '));
try {
  run(new Parser(tokens).program(), {});
} catch (error) {
  console.log('Runtime error:', error.message);
}
for (const bad of ['let = 5;', 'print (1;', 'if x { print 1;']) {
  try {
    new Parser(tokenize(bad)).program();
  } catch ({ name, message }) {
    console.log(name, message);
  }
}
