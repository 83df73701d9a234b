// task: Generate an HTML report with an inline SVG bar chart from JSON data and check that it is well-formed.
const fs = require('fs');
const data = { title: 'Sales <2024> & more', months: [{ name: 'Jan', value: 120 }, { name: 'Feb', value: 90 }, { name: 'Mär', value: 240 }] };
fs.writeFileSync('data.json', JSON.stringify(data));

const html = (strings, ...values) => strings.reduce((out, text, i) => {
  const value = values[i - 1];
  const shown = Array.isArray(value) ? value.join('') : value?.raw !== undefined ? value.raw : String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  return out + shown + text;
});
const raw = (text) => ({ raw: text });

function barChart(items, { width = 300, barHeight = 20, gap = 4 } = {}) {
  const max = Math.max(...items.map(({ value }) => value));
  const bars = items.map(({ name, value }, i) => {
    const y = i * (barHeight + gap);
    const w = Math.round((value / max) * (width - 60));
    return `<rect x="40" y="${y}" width="${w}" height="${barHeight}" fill="hsl(${(i * 137) % 360},60%,50%)"/><text x="0" y="${y + 15}">${name}</text><text x="${44 + w}" y="${y + 15}">${value}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${items.length * (barHeight + gap)}">\n  ${bars.join('\n  ')}\n</svg>`;
}

const { title, months } = JSON.parse(fs.readFileSync('data.json'));
const total = months.reduce((sum, { value }) => sum + value, 0);
const rows = months.map(({ name, value }) => html`<tr><td>${name}</td><td class="n">${value}</td><td>${(value / total * 100).toFixed(1)}%</td></tr>\n`);
const page = html`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
<h1>${title}</h1>
<table>
${rows}</table>
${raw(barChart(months))}
<p>Total: <b>${total}</b></p>
</body>
</html>
`;
fs.writeFileSync('report.html', page);
console.log(page);

const VOID = new Set(['meta', 'br', 'img']);
const stack = [];
const problems = [];
for (const [, close, name, self] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/gi)) {
  if (close) {
    if (stack.pop() !== name) problems.push(`unexpected </${name}>`);
  } else if (!self && !VOID.has(name)) stack.push(name);
}
console.log({ bytes: fs.statSync('report.html').size, chars: page.length, problems, open: stack });
const text = page.replace(/<style[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replace(/\s+/g, ' ').trim();
console.log(text);
