// task: Evaluate and print arithmetic expressions with an abstract syntax tree of discriminated unions and visitors.
type Expr =
  | { type: 'num'; value: number }
  | { type: 'var'; name: string }
  | { type: 'bin'; op: Op; left: Expr; right: Expr }
  | { type: 'call'; fn: keyof typeof FUNCTIONS; args: Expr[] };
type Op = '+' | '-' | '*' | '/' | '^';
type Token = { kind: 'num' | 'name' | 'op'; text: string; at: number };

const FUNCTIONS = { sqrt: Math.sqrt, max: Math.max, round: (x: number, digits: number = 0): number => Number(x.toFixed(digits)) };
const PRECEDENCE: Readonly<Record<Op, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 3 };

function* tokenize(source: string): Generator<Token> {
  for (const match of source.matchAll(/\s*(?:(?<num>\d+(?:\.\d+)?)|(?<name>[a-z]\w*)|(?<op>.))/gi)) {
    const { num, name, op } = match.groups as Record<string, string | undefined>;
    yield { kind: num ? 'num' : name ? 'name' : 'op', text: (num ?? name ?? op)!, at: match.index! };
  }
}
class Parser {
  private tokens: Token[];
  private position = 0;
  constructor(source: string) { this.tokens = [...tokenize(source)]; }
  private peek(): string | undefined { return this.tokens[this.position]?.text; }
  private take(text?: string): Token {
    const token = this.tokens[this.position];
    if (!token || (text !== undefined && token.text !== text)) throw new SyntaxError(`expected ${text ?? 'a value'} at ${token?.at ?? 'the end'}`);
    this.position++;
    return token;
  }
  parse(minimum = 0): Expr {
    let left = this.primary();
    for (let op = this.peek() as Op; op in PRECEDENCE && PRECEDENCE[op] > minimum; op = this.peek() as Op) {
      this.take();
      left = { type: 'bin', op, left, right: this.parse(op === '^' ? PRECEDENCE[op] - 1 : PRECEDENCE[op]) };
    }
    return left;
  }
  private primary(): Expr {
    const token = this.take();
    if (token.kind === 'num') return { type: 'num', value: parseFloat(token.text) };
    if (token.text === '-') return { type: 'bin', op: '-', left: { type: 'num', value: 0 }, right: this.parse(2) };
    if (token.text === '(') {
      const inner = this.parse();
      this.take(')');
      return inner;
    }
    if (token.kind !== 'name') throw new SyntaxError(`unexpected ${token.text} at ${token.at}`);
    if (this.peek() !== '(') return { type: 'var', name: token.text };
    this.take('(');
    const args: Expr[] = [this.parse()];
    while (this.peek() === ',') { this.take(); args.push(this.parse()); }
    this.take(')');
    return { type: 'call', fn: token.text as keyof typeof FUNCTIONS, args };
  }
}
type Scope = Record<string, number>;
const OPERATIONS: { [K in Op]: (a: number, b: number) => number } = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '^': (a, b) => a ** b };
function evaluate(expr: Expr, scope: Scope = {}): number {
  switch (expr.type) {
    case 'num': return expr.value;
    case 'var': if (!(expr.name in scope)) throw new ReferenceError(`unknown variable ${expr.name}`); return scope[expr.name]!;
    case 'bin': return OPERATIONS[expr.op](evaluate(expr.left, scope), evaluate(expr.right, scope));
    case 'call': return (FUNCTIONS[expr.fn] as (...args: number[]) => number)(...expr.args.map((arg) => evaluate(arg, scope)));
  }
}
const show = (expr: Expr): string => (expr.type === 'num' ? `${expr.value}` : expr.type === 'var' ? expr.name : expr.type === 'bin' ? `(${show(expr.left)} ${expr.op} ${show(expr.right)})` : `${expr.fn}(${expr.args.map(show).join(', ')})`);
for (const source of ['1 + 2 * 3', '2 ^ 3 ^ 2', '-(4 - 6) * x', 'sqrt(16) + max(1, y, 3)', 'round(10 / 3, 2)', '(1 + 2', '3 + z', '1 +', '* 2']) {
  try {
    const tree = new Parser(source).parse();
    console.log(`${source} => ${show(tree)} = ${evaluate(tree, { x: 5, y: 7 })}`);
  } catch (error) {
    const { name, message } = error as Error;
    console.log(`${source} => ${name}: ${message}`);
  }
}
