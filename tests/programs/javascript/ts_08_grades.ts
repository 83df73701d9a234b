// task: Compute grades of students from JSON with interfaces, optional fields, utility types and a text report.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface Score { readonly subject: string; points: number; max?: number }
interface Student { name: string; scores: Score[]; notes?: string | null }
type Summary = Pick<Student, 'name'> & { average: number; grade: Grade; best?: string };
type Grade = 'A' | 'B' | 'C' | 'F';

const file: string = path.join(process.cwd(), 'students.json');
const input: Student[] = [
  { name: 'Ann', scores: [{ subject: 'math', points: 95 }, { subject: 'art', points: 40, max: 50 }] },
  { name: 'Bob', scores: [{ subject: 'math', points: 61 }, { subject: 'art', points: 20, max: 50 }], notes: null },
  { name: 'Cleo', scores: [], notes: 'new' },
];
writeFileSync(file, JSON.stringify(input));
const students = JSON.parse(readFileSync(file, 'utf-8')) as Student[];

const THRESHOLDS: ReadonlyArray<readonly [number, Grade]> = [[90, 'A'], [75, 'B'], [50, 'C'], [-Infinity, 'F']];
const percent = ({ points, max = 100 }: Score): number => (points / max) * 100;
const gradeOf = (value: number): Grade => THRESHOLDS.find(([limit]) => value >= limit)![1];

function summarise({ name, scores }: Student): Summary {
  const average = scores.length ? scores.map(percent).reduce((a, b) => a + b, 0) / scores.length : 0;
  const best = [...scores].sort((a, b) => percent(b) - percent(a))[0]?.subject;
  return { name, average, grade: gradeOf(average), ...(best !== undefined && { best }) };
}
const summaries: Summary[] = students.map(summarise);
console.log(summaries);
console.table(summaries.map(({ name, grade }) => ({ name, grade })));

type Stats = Record<Grade, number>;
const stats = summaries.reduce<Stats>((all, { grade }) => ({ ...all, [grade]: all[grade] + 1 }), { A: 0, B: 0, C: 0, F: 0 });
console.log(stats);
const subjects = new Map<string, number[]>();
for (const { scores } of students) for (const score of scores) subjects.set(score.subject, [...(subjects.get(score.subject) ?? []), percent(score)]);
for (const [subject, values] of subjects) console.log(subject.padEnd(6), (values.reduce((a, b) => a + b) / values.length).toFixed(1).padStart(6), '▇'.repeat(Math.round(Math.max(...values) / 10)));
console.log(students.map((s) => s.notes?.toUpperCase() ?? '-'), (students[5] as Student | undefined)?.name, input.at(-1)!.name);
const updated: Readonly<Student> = { ...students[0]!, notes: 'top' };
console.log(updated.notes, students[0]!.notes, Object.isFrozen(updated));
abstract class Report { constructor(protected title: string) {} abstract lines(): string[]; print(): void { console.log([`# ${this.title}`, ...this.lines()].join('\n')); } }
new (class extends Report { lines() { return summaries.map((s, i) => `${i + 1}. ${s.name}: ${s.average.toFixed(0)}% (${s.grade})`); } })('Grades').print();
