// task: Format a date with moment.
import moment from 'moment';
console.log(moment('2024-01-15').format('MMMM Do YYYY'));
