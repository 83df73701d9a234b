// task: Sieve primes, factorise, compute gcd/lcm, modular powers, perfect numbers, pi digits and large Fibonacci numbers with BigInt.
function sieve(limit) {
  const composite = new Uint8Array(limit + 1);
  const primes = [];
  for (let n = 2; n <= limit; n++) {
    if (composite[n]) continue;
    primes.push(n);
    for (let multiple = n * n; multiple <= limit; multiple += n) composite[multiple] = 1;
  }
  return primes;
}
const primes = sieve(100000);
console.log(primes.length, primes.slice(0, 10), primes.at(-1));
console.log('twin primes below 200:', primes.filter((p, i) => p < 200 && primes[i + 1] - p === 2).map((p) => `(${p},${p + 2})`).join(' '));

function factorize(n) {
  const factors = new Map();
  for (let p = 2; p * p <= n; p += p === 2 ? 1 : 2) {
    while (n % p === 0) {
      factors.set(p, (factors.get(p) ?? 0) + 1);
      n /= p;
    }
  }
  if (n > 1) factors.set(n, 1);
  return factors;
}
const show = (n) => [...factorize(n)].map(([p, e]) => (e > 1 ? `${p}^${e}` : p)).join(' x ');
for (const n of [360, 97, 1001, 123456789, 2 ** 31 - 1]) console.log(`${n} = ${show(n)}`);

const gcd = (a, b) => (b ? gcd(b, a % b) : Math.abs(a));
const lcm = (a, b) => (a / gcd(a, b)) * b;
console.log(gcd(1071, 462), lcm(21, 6), [...Array(20).keys()].map((i) => i + 1).reduce(lcm));

const modPow = (base, exponent, modulus) => {
  let result = 1n;
  for (base %= modulus; exponent > 0n; exponent >>= 1n, base = (base * base) % modulus) if (exponent & 1n) result = (result * base) % modulus;
  return result;
};
const isProbablePrime = (n) => [2n, 3n, 5n, 7n, 11n, 13n].every((a) => n === a || (n % a !== 0n && modPow(a, n - 1n, n) === 1n));
console.log(modPow(2n, 1000n, 1000007n), isProbablePrime(2n ** 127n - 1n), isProbablePrime(2n ** 67n - 1n));
console.log(2n ** 128n, (2n ** 64n).toString(16), -7n / 2n, -7n % 2n, BigInt('0xff'), BigInt.asUintN(8, 257n), typeof 1n, 10n > 9, 2n == 2, 1n === 1);

const fib = (n) => {
  let [a, b] = [0n, 1n];
  for (let i = 0; i < n; i++) [a, b] = [b, a + b];
  return a;
};
console.log(fib(300), String(fib(5000)).length, String(fib(5000)).slice(0, 20));

function piDigits(count) {
  const digits = [];
  let [q, r, t, k, n, l] = [1n, 0n, 1n, 1n, 3n, 3n];
  while (digits.length < count) {
    if (4n * q + r - t < n * t) {
      digits.push(n);
      [q, r, n] = [10n * q, 10n * (r - n * t), (10n * (3n * q + r)) / t - 10n * n];
    } else {
      [q, r, t, k, n, l] = [q * k, (2n * q + r) * l, t * l, k + 1n, (q * (7n * k + 2n) + r * l) / (t * l), l + 2n];
    }
  }
  return digits.join('');
}
console.log(piDigits(60));
const divisorSum = (n) => Array.from({ length: Math.floor(n / 2) }, (_, i) => i + 1).filter((d) => n % d === 0).reduce((a, b) => a + b, 0);
console.log('perfect:', Array.from({ length: 500 }, (_, i) => i + 2).filter((n) => divisorSum(n) === n), 'digit sum of 2^100:', [...(2n ** 100n).toString()].reduce((s, d) => s + +d, 0));
console.log(JSON.stringify({ big: 12345678901234567890n }, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)), [1n, { a: -5n }], Number(2n ** 60n), parseInt('9007199254740993'), BigInt('9007199254740993'));
