// task: Work with dates by dayjs and its plugins.
const dayjs = require('dayjs');
const utc = require('dayjs/plugin/utc');
const duration = require('dayjs/plugin/duration');
const customParseFormat = require('dayjs/plugin/customParseFormat');
const isoWeek = require('dayjs/plugin/isoWeek');
const relativeTime = require('dayjs/plugin/relativeTime');
for (const plugin of [utc, duration, customParseFormat, isoWeek, relativeTime]) dayjs.extend(plugin);

const start = dayjs.utc('2024-01-31');
console.log(start.add(1, 'month').format('YYYY-MM-DD'), start.isoWeek(), start.format('dddd, D MMMM YYYY'));
console.log(dayjs.utc('05/03/2024', 'DD/MM/YYYY').toISOString());
console.log(dayjs.duration(3725, 'seconds').format('HH:mm:ss'), dayjs.duration(90, 'minutes').humanize());
console.log(dayjs.utc('2024-03-10').diff(start, 'day'), dayjs.utc('2024-02-01').from(start));
const months = Array.from({ length: 4 }, (_, i) => start.startOf('year').add(i, 'month').daysInMonth());
console.log(months, dayjs('2023-02-30', 'YYYY-MM-DD', true).isValid());
