// task: Print a month calendar, list the working days without holidays, and find all Fridays the 13th of a decade.
const pad = (n) => String(n).padStart(2);

function calendar(year, month) {
  const name = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'][month - 1];
  const first = (new Date(year, month - 1, 1).getDay() + 6) % 7;
  const days = new Date(year, month, 0).getDate();
  const title = `${name} ${year}`;
  const rows = [' '.repeat((20 - title.length) / 2) + title, 'Mo Tu We Th Fr Sa Su'];
  let row = '   '.repeat(first);
  for (let day = 1; day <= days; day++) {
    row += pad(day) + ' ';
    if ((first + day) % 7 === 0 || day === days) {
      rows.push(row.trimEnd());
      row = '';
    }
  }
  return rows.join('\n');
}
console.log(calendar(2024, 2));
console.log(calendar(2023, 10));

const iso = (date) => [date.getFullYear(), String(date.getMonth() + 1).padStart(2, '0'), String(date.getDate()).padStart(2, '0')].join('-');
const holidays = new Set(['2024-05-01', '2024-05-09', '2024-05-20']);
function* workingDays(from, to) {
  for (const day = new Date(from); day <= to; day.setDate(day.getDate() + 1)) {
    if (day.getDay() % 6 !== 0 && !holidays.has(iso(day))) yield new Date(day);
  }
}
const may = [...workingDays(new Date(2024, 4, 1), new Date(2024, 4, 31))];
console.log(may.length, 'working days:', may.slice(0, 5).map(iso).join(', '), '...', iso(may[may.length - 1]));

function addWorkingDays(start, n) {
  const end = new Date(start);
  end.setFullYear(end.getFullYear() + 1);
  return [...workingDays(start, end)][n];
}
console.log('10 working days after 30 April:', iso(addWorkingDays(new Date(2024, 3, 30), 10)));

const fridays = [];
for (let year = 2020; year < 2030; year++) for (let month = 0; month < 12; month++) if (new Date(year, month, 13).getDay() === 5) fridays.push(iso(new Date(year, month, 13)).slice(0, 7));
console.log(fridays.length, fridays.join(' '));

function easter(year) {
  const a = year % 19, b = Math.floor(year / 100), c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return new Date(year, Math.floor(n / 31) - 1, (n % 31) + 1);
}
console.log([2023, 2024, 2025].map((year) => iso(easter(year))));
const toMinutes = (time) => time.split(':').reduce((hours, minutes) => hours * 60 + +minutes, 0);
const shifts = [['09:00', '17:30'], ['22:00', '06:15']];
for (const [from, to] of shifts) {
  const minutes = (toMinutes(to) - toMinutes(from) + 1440) % 1440;
  console.log(`${from}-${to}: ${Math.floor(minutes / 60)} h ${minutes % 60} min`);
}
