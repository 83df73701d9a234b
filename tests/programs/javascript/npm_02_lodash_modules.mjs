// task: Group and debounce with parts of lodash.
import _, { debounce, groupBy } from 'lodash';
import sortBy from 'lodash/sortBy.js';
import fp from 'lodash/fp.js';

const words = 'the quick brown fox jumps over the lazy dog'.split(' ');
console.log(groupBy(words, 'length'));
console.log(sortBy(words, [(w) => w.length, (w) => w]).slice(0, 4));
console.log(fp.flow(fp.filter((w) => w.length > 4), fp.map(fp.upperFirst), fp.join(' '))(words));
console.log(_.VERSION === (await import('lodash')).default.VERSION);

let calls = 0;
const later = debounce(() => { calls += 1; }, 5);
later(); later(); later();
await new Promise((resolve) => { setTimeout(resolve, 30); });
console.log('calls', calls);
