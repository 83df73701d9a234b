// task: Install a package and use it.
import { execSync } from 'node:child_process';
execSync('npm install dayjs');
const { default: dayjs } = await import('dayjs');
console.log(dayjs('2024-01-01').format('DD/MM/YYYY'));
