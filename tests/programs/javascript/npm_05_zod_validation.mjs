// task: Check data with zod.
import { z } from 'zod';

const User = z.object({
  name: z.string().min(2),
  email: z.string().email(),
  age: z.number().int().positive().optional(),
  role: z.enum(['admin', 'user']).default('user'),
  tags: z.array(z.string()).max(3),
});

console.log(User.parse({ name: 'Ann', email: 'ann@mail.example', tags: ['a'] }));
const bad = User.safeParse({ name: 'B', email: 'nope', age: -1, tags: [1] });
console.log(bad.success, bad.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`));
const Csv = z.string().transform((text) => text.split(',').map(Number)).pipe(z.array(z.number().finite()));
console.log(Csv.parse('1,2,3'), Csv.safeParse('1,x').success);
const Shape = z.discriminatedUnion('kind', [z.object({ kind: z.literal('circle'), r: z.number() }), z.object({ kind: z.literal('box'), w: z.number(), h: z.number() })]);
console.log(Shape.parse({ kind: 'box', w: 2, h: 3 }));
try {
  Shape.parse({ kind: 'line' });
} catch (error) {
  console.log(error instanceof z.ZodError, error.issues.length);
}
