// task: Compute ages, weekdays and days between dates for a list of people on a fixed day.
const today = new Date('2024-03-10T12:00:00Z');
const people = [
  { name: 'Ada', born: '1990-03-10' }, { name: 'Bo', born: '2000-02-29' }, { name: 'Cy', born: '1985-12-31' },
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MS_PER_DAY = 24 * 60 * 60 * 1000;

function age(born, at) {
  const date = new Date(born);
  let years = at.getUTCFullYear() - date.getUTCFullYear();
  const months = at.getUTCMonth() - date.getUTCMonth();
  if (months < 0 || (months === 0 && at.getUTCDate() < date.getUTCDate())) years--;
  return years;
}
const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
function nextBirthday(born, at) {
  const date = new Date(born);
  for (let year = at.getUTCFullYear(); ; year++) {
    const day = date.getUTCDate() === 29 && date.getUTCMonth() === 1 && !isLeap(year) ? 28 : date.getUTCDate();
    const birthday = new Date(Date.UTC(year, date.getUTCMonth(), day));
    if (birthday >= new Date(at.toISOString().slice(0, 10))) return birthday;
  }
}
for (const { name, born } of people) {
  const next = nextBirthday(born, today);
  const days = Math.ceil((next - today) / MS_PER_DAY);
  console.log(`${name}: ${age(born, today)} years, born on a ${DAYS[new Date(born).getUTCDay()]}, next birthday ${next.toISOString().split('T')[0]} in ${days} days`);
}
console.log(Math.round((new Date('2024-12-25') - new Date('2024-03-10')) / MS_PER_DAY), 'days until Christmas');
console.log([1900, 2000, 2023, 2024].map((year) => [year, isLeap(year)]));

const date = new Date(2024, 0, 31);
date.setMonth(date.getMonth() + 1);
console.log(date, date.getDate(), new Date(2024, 2, 0).getDate());
console.log(new Date(0), [new Date(86400000)], { at: new Date(1e12) }, JSON.stringify({ at: new Date(1e12) }));
console.log(new Date('2024-02-30').getTime(), String(new Date('nope')), isNaN(new Date('nope')), new Date(NaN));
console.log(Date.UTC(2024, 1, 29), new Date(2024, 1, 29, 13, 45).toISOString(), new Date('2024-02-29T13:45:00+02:00').toISOString(), typeof Date.now());
console.log(new Date(2024, 5, 1).toDateString(), '|', new Date(2024, 5, 1, 9, 5).toUTCString(), '|', new Date(Date.UTC(2024, 5, 1)).toJSON());
console.log(new Date('March 7, 2024 10:00').toISOString(), new Date('7 March 2024').getMonth(), Date.parse('2024-03-07'), new Date('2024/03/07').getDate(), new Date('Thu, 07 Mar 2024 10:00:00 GMT').getTime());
console.log(new Date(2020, 0) < new Date(2021, 0), +new Date(5), new Date(5) - new Date(2), new Date(2024, 0, 1) > '2023');
