// Judges a set of packages by what their `package.json` says, with npm's rules for versions.
//
// Standard input: {"packages": [{"name", "version", "newest", "request", "metadata"}]}, the metadata as text. Standard output:
// {"needs": {"name@version": ["name@version"]}, "problems": [{"package", "kind", "reason"}]}.
const { packages } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const idOf = ({ name, version }) => `${name}@${version}`;
const needs = Object.fromEntries(packages.map((each) => [idOf(each), []]));
const problems = [];
// For each package, who wants it and in which versions.
const wantedBy = Object.fromEntries(packages.map((each) => [idOf(each), []]));

// ---- versions ----

function parse(text) {
  const [, major, minor, patch, pre] = /^[v=\s]*(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?\s*$/.exec(text) ?? [];
  return major === undefined ? null : { numbers: [Number(major), Number(minor), Number(patch)], pre: pre === undefined ? [] : pre.split('.') };
}

function comparePart(a, b) {
  const isNumber = (part) => /^\d+$/.test(part);
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

function compare(a, b) {
  for (let at = 0; at < 3; at++) if (a.numbers[at] !== b.numbers[at]) return a.numbers[at] - b.numbers[at];
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (let at = 0; at < Math.min(a.pre.length, b.pre.length); at++) {
    const order = comparePart(a.pre[at], b.pre[at]);
    if (order !== 0) return order;
  }
  return a.pre.length - b.pre.length;
}

// A version of which parts may be left open, with what stands before it: `1`, `^1.x`, `1.2.3-rc.1`.
function partial(text) {
  const match = /^([<>]=?|=|\^|~>?)?\s*v?(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([\w.-]+))?(?:\+[\w.-]+)?$/.exec(text);
  if (match === null) return null;
  const [, operator = '', major, minor, patch, pre] = match;
  const numbers = [];
  for (const part of [major, minor, patch]) {
    if (part === undefined || /^[xX*]$/.test(part)) break;
    numbers.push(Number(part));
  }
  return { operator, numbers, pre: pre && numbers.length === 3 ? pre.split('.') : [] };
}

const version = (numbers, pre = []) => ({ numbers: [...numbers, 0, 0, 0].slice(0, 3), pre });
// The first version that is not `numbers` any more, before all its pre-releases.
const beyond = (numbers) => version([...numbers.slice(0, -1), numbers.at(-1) + 1], ['0']);

// What a comparator means, as a list of [test, version].
function comparators(text) {
  const part = partial(text);
  if (part === null) return null;
  const { operator, numbers, pre } = part;
  const lowest = version(numbers, pre);
  const isWhole = numbers.length === 3;
  const none = [['<', version([0, 0, 0], ['0'])]];
  if (numbers.length === 0) return /^[<>]$/.test(operator) ? none : [];
  if (operator === '>') return [isWhole ? ['>', lowest] : ['>=', version(beyond(numbers).numbers)]];
  if (operator === '>=') return [['>=', lowest]];
  if (operator === '<') return [['<', isWhole ? lowest : version(numbers, ['0'])]];
  if (operator === '<=') return [isWhole ? ['<=', lowest] : ['<', beyond(numbers)]];
  if (operator === '^') {
    const first = numbers.findIndex((number) => number !== 0);
    return [['>=', lowest], ['<', beyond(numbers.slice(0, first === -1 ? numbers.length : first + 1))]];
  }
  if (operator.startsWith('~')) return [['>=', lowest], ['<', beyond(numbers.slice(0, 2))]];
  return isWhole ? [['=', lowest]] : [['>=', lowest], ['<', beyond(numbers)]];
}

const TESTS = { '<': (order) => order < 0, '<=': (order) => order <= 0, '>': (order) => order > 0, '>=': (order) => order >= 0, '=': (order) => order === 0 };

// Whether a version is in a range; null if the range is none, such as an address.
function satisfies(text, range) {
  const found = parse(text);
  let isRead = false;
  for (const alternative of range.split('||')) {
    const words = alternative.trim().replace(/^(\S+)\s+-\s+(\S+)$/, '>=$1 <=$2').replace(/([<>=^~])\s+/g, '$1').split(/\s+/);
    const tests = words.map(comparators);
    if (tests.includes(null)) continue;
    isRead = true;
    const all = tests.flat();
    // A pre-release is meant only by who names one of the same release.
    const isMeant = found.pre.length === 0 || all.some(([, { numbers, pre }]) => pre.length > 0 && pre[0] !== '0' && String(numbers) === String(found.numbers));
    if (isMeant && all.every(([test, other]) => TESTS[test](compare(found, other)))) return true;
  }
  return isRead ? false : null;
}

// ---- packages ----

function problem({ name }, kind, reason) {
  problems.push({ package: name, kind, reason });
}

const objectOf = (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});
const BUILDS = /gyp|prebuil[dt]|napi|cmake|\bmake\b|cargo|install\.[cm]?js|\binstall\/|download/;
const OF_A_PLATFORM = /(linux|darwin|win32|android|freebsd|wasm)/;

function need(each, name, range, isOptional) {
  if (typeof range !== 'string') return;
  if (/^npm:/.test(range)) return problem(each, 'needs', `it needs ${name} as another name for ${range.slice(4)}, which is not taken`);
  if (satisfies('1.0.0', range) === null && !/^[\w.-]*$/.test(range)) return problem(each, 'needs', `it needs ${name} from ${range}, which is no release`);
  const candidates = packages.filter((other) => other.name === name);
  const isTag = satisfies('1.0.0', range) === null;
  const fitting = candidates.filter((other) => isTag || satisfies(other.version, range));
  fitting.sort((a, b) => compare(parse(b.version), parse(a.version)));
  if (fitting.length > 0) {
    needs[idOf(each)].push(idOf(fitting[0]));
    wantedBy[idOf(fitting[0])].push(isTag ? '*' : range);
  } else if (!isOptional) {
    const there = candidates.length > 0 ? `and there is ${candidates.map((other) => other.version).join(', ')}` : 'which is not in the lock file';
    problem(each, 'needs', `it needs ${name}@${range}, ${there}`);
  }
}

function judge(each) {
  let description;
  try {
    description = objectOf(JSON.parse(each.metadata.replace(/^\ufeff/, '')));
  } catch (error) {
    return problem(each, 'refused', `its package.json cannot be read: ${error.message}`);
  }
  if (description.name !== each.name || description.version !== each.version) {
    return problem(each, 'refused', `it says that it is ${description.name} ${description.version}, not ${each.name} ${each.version}`);
  }
  for (const key of ['os', 'cpu']) {
    const only = [description[key] ?? []].flat().filter((word) => !String(word).startsWith('!') && word !== 'any');
    if (only.length > 0) problem(each, 'refused', `it is built for one platform (${key}: ${only.join(', ')}), so it has native code`);
  }
  if (description.gypfile === true) problem(each, 'refused', 'it has native code, which is compiled when it is installed (gypfile)');
  const scripts = objectOf(description.scripts);
  for (const name of ['preinstall', 'install', 'postinstall']) {
    const script = String(scripts[name] ?? '');
    if (BUILDS.test(script)) problem(each, 'refused', `it is built or fetches something when it is installed (${name}: \`${script.slice(0, 100)}\`), and nothing of a package is run`);
  }
  const optional = Object.keys(objectOf(description.optionalDependencies));
  const platforms = optional.filter((name) => OF_A_PLATFORM.test(name));
  if (platforms.length > 1) problem(each, 'refused', `its work is done by native code that it has for each platform (${platforms.slice(0, 3).join(', ')}, …)`);
  for (const [name, range] of Object.entries(objectOf(description.dependencies))) if (!optional.includes(name)) need(each, name, range, false);
  for (const name of optional) need(each, name, description.optionalDependencies[name], true);
  const meta = objectOf(description.peerDependenciesMeta);
  for (const [name, range] of Object.entries(objectOf(description.peerDependencies))) need(each, name, range, objectOf(meta[name]).optional === true);
}

for (const each of packages) {
  const range = each.request?.slice(each.name.length + 1);
  if (each.request) wantedBy[idOf(each)].push(range && satisfies('1.0.0', range) !== null ? range : '*');
  judge(each);
}

for (const each of packages) {
  // A tag such as `next` is a wish of its own.
  const isTagged = each.request && satisfies('1.0.0', each.request.slice(each.name.length + 1) || '*') === null;
  const isHeld = isTagged || wantedBy[idOf(each)].some((range) => !satisfies(each.newest, range));
  if (compare(parse(each.version), parse(each.newest)) < 0 && !isHeld) {
    problem(each, 'fell_back', `${each.version} is an old release that the resolver fell back to: the newest is ${each.newest}`);
  }
}

console.log(JSON.stringify({ needs, problems }));
