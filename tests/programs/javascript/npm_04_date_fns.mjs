// task: List working days with date-fns.
import { addBusinessDays, differenceInCalendarDays, eachDayOfInterval, format, formatDistance, isWeekend, parseISO } from 'date-fns';
import { de } from 'date-fns/locale';

const start = parseISO('2024-02-26');
const end = parseISO('2024-03-03');
console.log(format(start, 'EEEE do MMMM yyyy'), '|', format(start, 'PPPP', { locale: de }));
console.log(eachDayOfInterval({ start, end }).filter((day) => !isWeekend(day)).map((day) => format(day, 'MM-dd')));
console.log(format(addBusinessDays(start, 10), 'yyyy-MM-dd'), differenceInCalendarDays(end, start));
console.log(formatDistance(start, end), '|', formatDistance(end, start, { addSuffix: true }));
