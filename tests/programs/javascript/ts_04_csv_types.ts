// task: Parse a CSV into typed records with a schema, and report typed errors.
import * as fs from 'fs';
import type { PathLike } from 'fs';

type Parser<T> = (text: string) => T;
type Schema<T> = { [K in keyof T]: Parser<T[K]> };
interface Reading { station: string; temperature: number; at: Date; valid: boolean }

const number: Parser<number> = (text) => {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new TypeError(`not a number: "${text}"`);
  return value;
};
const schema: Schema<Reading> = {
  station: (text) => text.trim(),
  temperature: number,
  at: (text) => {
    const date = new Date(text);
    if (isNaN(date.getTime())) throw new TypeError(`not a date: "${text}"`);
    return date;
  },
  valid: (text) => text === 'yes',
};
class RowError extends Error {
  constructor(public readonly row: number, readonly column: string, cause: unknown) {
    super(`row ${row}, ${column}: ${(cause as Error).message}`, { cause });
  }
}
function readCsv<T extends object>(file: PathLike, shape: Schema<T>): { records: T[]; errors: RowError[] } {
  const [header, ...lines] = fs.readFileSync(file, 'utf8').trim().split('\n');
  const columns = header!.split(',') as (keyof T & string)[];
  const records: T[] = [];
  const errors: RowError[] = [];
  lines.forEach((line, index) => {
    const values = line.split(',');
    const record: Partial<T> = {};
    for (const [i, column] of columns.entries()) {
      try {
        record[column] = shape[column](values[i] ?? '');
      } catch (error) {
        errors.push(new RowError(index + 2, column, error));
      }
    }
    if (Object.keys(record).length === columns.length) records.push(record as T);
  });
  return { records, errors };
}
fs.writeFileSync('/app/readings.csv', 'station,temperature,at,valid\nOslo,-3.5,2024-01-01T06:00Z,yes\nRome,abc,2024-01-01T06:00Z,no\nParis,7,yesterday,yes\nBern,,2024-01-02,no\nRome,11,2024-01-02T12:00:00Z,yes\n');
const { records, errors } = readCsv<Reading>('/app/readings.csv', schema);
console.log(records);
errors.forEach((error: RowError) => console.log(error.message, error.cause instanceof TypeError));
const byStation: Record<string, number[]> = {};
for (const { station, temperature } of records) (byStation[station] ||= []).push(temperature);
console.log(byStation, Math.max(...records.map((r) => r.temperature)));
export {};
