// task: Import a part that date-fns does not have.
import { format } from 'date-fns/formatting';

console.log(format(new Date(0), 'yyyy'));
