// task: Extract e-mails, phone numbers, dates, URLs and hashtags, validate inputs, and redact secrets with regular expressions.
const text = `Contact: jane.doe+news@example.co.uk or bob@test.org (call +1 (555) 010-4477 / 555-0199).
Meet on 2024-03-15 or 4/7/2024. See https://example.com/a/b?x=1#top and http://test.org. #launch #Q3 cost $1,299.99 and €45.
Card 4111 1111 1111 1111, key=sk_live_abc123XYZ`;

const patterns = {
  email: /[\w.+-]+@[\w-]+\.[\w.-]*\w/g,
  phone: /(?:\+\d{1,2}\s)?(?:\(\d{3}\)\s|\d{3}-)?\d{3}-\d{4}/g,
  isoDate: /\b(\d{4})-(\d{2})-(\d{2})\b/g,
  url: /https?:\/\/[^\s,]+[^\s,.]/g,
  hashtag: /(?<=#)\p{L}\w*/gu,
  money: /[$€]\d{1,3}(?:,\d{3})*(?:\.\d{2})?/g,
};
for (const [name, pattern] of Object.entries(patterns)) console.log(name.padEnd(8), text.match(pattern));

const redacted = text
  .replace(/(\d{4} ){3}(\d{4})/, '**** **** **** $2')
  .replace(/(?<key>key=)\S+/, '$<key>[hidden]')
  .replace(patterns.email, (mail) => mail[0] + '***@' + mail.split('@')[1]);
console.log(redacted.split('\n')[2], redacted.slice(0, 40));

const validators = {
  hexColor: /^#(?:[0-9a-f]{3}){1,2}$/i,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  slug: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  password: /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,}$/,
  time: /^(?:[01]\d|2[0-3]):[0-5]\d$/,
};
const samples = ['#fff', '#12', '192.168.0.1', '256.1.1.1', 'my-slug-1', 'Bad--slug', 'Passw0rdX', 'short1A', '23:59', '24:00'];
for (const sample of samples) console.log(sample.padEnd(12), Object.keys(validators).filter((name) => validators[name].test(sample)));

const swap = 'Doe, Jane; Smith, Bob'.replace(/(\w+), (\w+)/g, '$2 $1');
console.log(swap, 'camelCaseText'.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), 'snake_case_text'.replace(/_(\w)/g, (_, c) => c.toUpperCase()));
const sticky = /\s*(\d+|[-+*/()])/y;
const tokens = [];
let match;
while ((match = sticky.exec('12 + 3*(4-1)'))) tokens.push(match[1]);
console.log(tokens, sticky.lastIndex);
for (const { index, 0: found, groups: { y, m } } of '2024-01 and 2025-12'.matchAll(/(?<y>\d{4})-(?<m>\d\d)/g)) console.log(index, found, y, m);
console.log('a1b2c3'.split(/(\d)/), 'x'.match(/y/), /a.c/s.test('a\nc'), 'aBc'.search(/[A-Z]/), /^b/m.test('a\nb'), 'tel: 5'.match(/(?<n>\d)/).groups.n);
console.log(/(\d+)-\1/.test('12-12'), 'aaa'.lastIndexOf('a'), 'abc'.replace(/(?<!a)c/, 'X'), RegExp('a+', 'gi').flags, String(/\/x/));
console.log('price: 5'.match(/(\d)/), [...'ab'.matchAll(/./g)].map((m) => m.index));
