// task: Count words in a text file, ignore stop words, and print the top ten with a bar chart.
const fs = require('fs');
fs.writeFileSync('/app/speech.txt', `It was the best of times, it was the worst of times, it was the age of wisdom,
it was the age of foolishness, it was the epoch of belief, it was the epoch of incredulity,
it was the season of Light, it was the season of Darkness, it was the spring of hope, it was the winter of despair.
We had everything before us; we had nothing before us - we were all going direct to Heaven!`);

const text = fs.readFileSync('/app/speech.txt', 'utf8');
const stopWords = new Set(['it', 'was', 'the', 'of', 'we', 'to', 'all']);
const words = text.toLowerCase().match(/\b[a-z']+\b/g);
const counts = {};
for (const word of words) {
  if (stopWords.has(word)) continue;
  counts[word] = (counts[word] || 0) + 1;
}
const top = Object.entries(counts).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 10);
const longest = Math.max(...top.map(([word]) => word.length));

console.log(`Words: ${words.length}, unique: ${new Set(words).size}, sentences: ${text.split(/[.!?]+/).filter((s) => s.trim()).length}`);
top.forEach(([word, count], index) => {
  console.log(`${String(index + 1).padStart(2)}. ${word.padEnd(longest)} | ${'█'.repeat(count * 2)} ${count}`);
});

const letters = new Map();
for (const letter of text.toLowerCase().replace(/[^a-z]/g, '')) letters.set(letter, (letters.get(letter) ?? 0) + 1);
console.log([...letters].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, 5).map(([letter, n]) => `${letter}=${n}`).join(' '));
const lengths = words.reduce((acc, { length }) => ((acc[length] = (acc[length] || 0) + 1), acc), {});
console.log(lengths);
const bigrams = words.slice(0, -1).map((word, i) => `${word} ${words[i + 1]}`);
console.log(Object.entries(Object.fromEntries([...new Set(bigrams)].map((b) => [b, bigrams.filter((x) => x === b).length]))).sort(([, a], [, b]) => b - a).slice(0, 3));
console.log(text.split('\n').map((line) => line.length), text.replace(/\b\w/g, (c) => c.toUpperCase()).slice(0, 40));
