// task: Turn a Markdown report into HTML with marked.
import { marked } from 'marked';
import fs from 'fs';

const report = `# Sales *2024*

| month | revenue |
|-------|--------:|
| Jan   | 120     |
| Feb   | 80      |

1. **Pens** are [best](https://pens.example).
2. Ink is \`low\`.

> Order more.
`;
const html = marked.parse(report);
fs.writeFileSync('report.html', `<!doctype html>\n${html}`);
console.log(html.trim());
const headings = marked.lexer(report).filter((token) => token.type === 'heading').map(({ depth, text }) => ({ depth, text }));
console.log(headings);
