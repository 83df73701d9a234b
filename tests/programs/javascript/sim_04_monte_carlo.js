// task: Estimate pi, simulate dice, the Monty Hall problem and a random walk with a seeded generator.
function xorshift(seed) {
  let [x, y, z, w] = [seed, 362436069, 521288629, 88675123];
  return () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return w / 0x100000000;
  };
}
const random = xorshift(123456789);
const roll = (sides = 6) => 1 + Math.floor(random() * sides);

let inside = 0;
const n = 50000;
for (let i = 0; i < n; i++) if (random() ** 2 + random() ** 2 <= 1) inside++;
console.log('pi ~', (4 * inside / n).toFixed(3));

const sums = new Map();
for (let i = 0; i < 3600; i++) {
  const sum = roll() + roll();
  sums.set(sum, (sums.get(sum) ?? 0) + 1);
}
for (const [sum, count] of [...sums].sort(([a], [b]) => a - b)) console.log(String(sum).padStart(2), '*'.repeat(Math.round(count / 20)), count);

function montyHall(trials, isSwitching) {
  let wins = 0;
  for (let i = 0; i < trials; i++) {
    const car = Math.floor(random() * 3);
    const first = Math.floor(random() * 3);
    const opened = [0, 1, 2].find((door) => door !== car && door !== first);
    const final = isSwitching ? [0, 1, 2].find((door) => door !== first && door !== opened) : first;
    if (final === car) wins++;
  }
  return wins / trials;
}
console.log('stay:', montyHall(5000, false).toFixed(2), 'switch:', montyHall(5000, true).toFixed(2));

const walks = Array.from({ length: 300 }, () => Array.from({ length: 100 }).reduce((x) => x + (random() < 0.5 ? -1 : 1), 0));
const rms = Math.sqrt(walks.reduce((sum, x) => sum + x * x, 0) / walks.length);
console.log('rms distance:', rms.toFixed(1), 'max:', Math.max(...walks.map(Math.abs)));

const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const sample = Array.from({ length: 4000 }, gaussian);
const mean = sample.reduce((a, b) => a + b) / sample.length;
const deviation = Math.sqrt(sample.reduce((a, b) => a + (b - mean) ** 2, 0) / sample.length);
console.log(Math.abs(mean) < 0.1, deviation.toFixed(1));
const shuffled = [..."ABCDEFGH"];
for (let i = shuffled.length - 1; i > 0; i--) {
  const j = Math.floor(random() * (i + 1));
  [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
}
console.log(shuffled.join(''), Number.isInteger(Math.floor(Math.random() * 10)), crypto.randomUUID().length);
const birthdays = (people) => Array.from({ length: 1000 }, () => new Set(Array.from({ length: people }, () => roll(365))).size < people).filter(Boolean).length / 1000;
console.log([10, 23, 40].map((people) => birthdays(people) > { 10: 0.05, 23: 0.4, 40: 0.8 }[people]));
