// task: Write a date formatting and parsing helper (like a tiny dayjs) and test it with many formats.
class DateTime {
  static MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
  static DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  #date;
  constructor(value) {
    this.#date = new Date(value);
    if (Number.isNaN(this.#date.valueOf())) throw new RangeError(`Invalid date: ${value}`);
  }
  static parse(text, format) {
    const names = [];
    const pattern = format.replace(/[.()]/g, '\\$&').replace(/YYYY|MMM|MM|DD|HH|mm/g, (token) => {
      names.push(token);
      return token === 'MMM' ? '([A-Za-z]{3})' : `(\\d{${token.length}})`;
    });
    const match = new RegExp(`^${pattern}$`).exec(text);
    if (!match) throw new RangeError(`"${text}" is not of the form ${format}`);
    const part = Object.fromEntries(names.map((name, i) => [name, match[i + 1]]));
    const month = part.MMM ? DateTime.MONTHS.findIndex((name) => name.startsWith(part.MMM)) : Number(part.MM ?? 1) - 1;
    return new DateTime(Date.UTC(part.YYYY, month, part.DD ?? 1, part.HH ?? 0, part.mm ?? 0));
  }
  format(pattern = 'YYYY-MM-DD') {
    const d = this.#date;
    const two = (n) => String(n).padStart(2, '0');
    const values = {
      YYYY: d.getUTCFullYear(), MMMM: DateTime.MONTHS[d.getUTCMonth()], MMM: DateTime.MONTHS[d.getUTCMonth()].slice(0, 3), MM: two(d.getUTCMonth() + 1),
      DD: two(d.getUTCDate()), D: d.getUTCDate(), dddd: DateTime.DAYS[d.getUTCDay()], ddd: DateTime.DAYS[d.getUTCDay()].slice(0, 3),
      HH: two(d.getUTCHours()), hh: two(d.getUTCHours() % 12 || 12), mm: two(d.getUTCMinutes()), ss: two(d.getUTCSeconds()), A: d.getUTCHours() < 12 ? 'AM' : 'PM',
    };
    return pattern.replace(/YYYY|MMMM|MMM|MM|DD|D|dddd|ddd|HH|hh|mm|ss|A/g, (token) => values[token]);
  }
  add(amount, unit) {
    const d = new Date(this.#date);
    const steps = { day: 864e5, hour: 36e5, minute: 6e4 };
    if (unit in steps) d.setTime(d.getTime() + amount * steps[unit]);
    else if (unit === 'month') {
      const day = d.getUTCDate();
      d.setUTCDate(1);
      d.setUTCMonth(d.getUTCMonth() + amount);
      d.setUTCDate(Math.min(day, new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 0)).getUTCDate()));
    } else throw new TypeError(`unknown unit ${unit}`);
    return new DateTime(d);
  }
  get week() {
    const d = new Date(Date.UTC(this.#date.getUTCFullYear(), this.#date.getUTCMonth(), this.#date.getUTCDate()));
    d.setUTCDate(d.getUTCDate() + 4 - (d.getUTCDay() || 7));
    return Math.ceil(((d - Date.UTC(d.getUTCFullYear(), 0, 1)) / 864e5 + 1) / 7);
  }
  fromNow(now) {
    const seconds = Math.round((this.#date - now) / 1000);
    const [size, unit] = [[31536000, 'year'], [2592000, 'month'], [86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']].find(([n]) => Math.abs(seconds) >= n) ?? [1, 'second'];
    const n = Math.round(Math.abs(seconds) / size);
    return seconds < 0 ? `${n} ${unit}${n === 1 ? '' : 's'} ago` : `in ${n} ${unit}${n === 1 ? '' : 's'}`;
  }
  valueOf() { return this.#date.valueOf(); }
  toString() { return this.format('YYYY-MM-DD HH:mm'); }
}
const release = new DateTime('2024-01-31T15:04:05Z');
for (const pattern of ['YYYY-MM-DD', 'DD/MM/YYYY', 'MMM D, YYYY', 'dddd, D MMMM YYYY', 'hh:mm A', 'HH:mm:ss']) console.log(pattern.padEnd(18), release.format(pattern));
console.log(`${DateTime.parse('05.07.2023', 'DD.MM.YYYY')}`, `${DateTime.parse('Jul 05 2023', 'MMM DD YYYY')}`, DateTime.parse('2023-12-24 18:30', 'YYYY-MM-DD HH:mm') + '');
console.log(`${release.add(1, 'month')} | ${release.add(-2, 'month')} | ${release.add(30, 'day')} | ${release.add(90, 'minute')}`);
console.log(['2021-01-01', '2021-01-04', '2020-12-31', '2024-12-30'].map((d) => `${d} W${new DateTime(d).week}`));
const now = new DateTime('2024-02-01T00:00:00Z');
console.log(release.fromNow(now), release.add(3, 'day').fromNow(now), release.add(400, 'day').fromNow(now), release > now, now - release);
for (const bad of [() => new DateTime('x'), () => DateTime.parse('1/2/3', 'DD/MM/YYYY'), () => release.add(1, 'eon')]) {
  try { bad(); } catch (e) { console.log(`${e}`); }
}
console.log(release);
