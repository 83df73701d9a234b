// task: Read a file with a function that the module does not have.
import { readFileSyncs } from 'node:fs';
console.log(readFileSyncs('x.txt'));
