// task: Use a helper file with the wrong name.
import { writeFileSync } from 'node:fs';
writeFileSync('/app/helpers.mjs', 'export const double = (n) => n * 2;');
const { double } = await import('./helper.mjs');
console.log(double(2));
