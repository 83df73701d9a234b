// task: Implement Caesar, Vigenere, Atbash, rail fence and Morse, and break a Caesar cipher by letter frequency.
const A = 'A'.charCodeAt(0);
const shift = (text, by) => text.replace(/[a-z]/gi, (c) => {
  const base = c <= 'Z' ? A : A + 32;
  return String.fromCharCode(((c.charCodeAt(0) - base + by + 26) % 26) + base);
});
const vigenere = (text, key, sign = 1) => {
  let i = 0;
  return [...text].map((c) => (/[a-z]/i.test(c) ? shift(c, sign * (key.toUpperCase().charCodeAt(i++ % key.length) - A)) : c)).join('');
};
const atbash = (text) => text.replace(/[a-z]/g, (c) => String.fromCharCode(219 - c.charCodeAt()));

function railFence(text, rails) {
  const rows = Array.from({ length: rails }, () => []);
  let [row, step] = [0, 1];
  for (const c of text) {
    rows[row].push(c);
    if (row + step < 0 || row + step >= rails) step = -step;
    row += step;
  }
  return rows.flat().join('');
}
const MORSE = Object.fromEntries('a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--..'.split(' ').map((entry) => [entry[0], entry.slice(1)]));
const FROM_MORSE = Object.fromEntries(Object.entries(MORSE).map(([letter, code]) => [code, letter]));

const message = 'Attack at dawn, bring 3 ladders!';
const secret = shift(message, 3);
console.log(secret, '|', shift(secret, -3));
console.log(vigenere(message, 'Lemon'), '|', vigenere(vigenere(message, 'Lemon'), 'Lemon', -1));
console.log(atbash('hello world'), railFence('WEAREDISCOVERED', 3));
const morse = [...'sos help'].map((c) => (c === ' ' ? '/' : MORSE[c])).join(' ');
console.log(morse, morse.split(' ').map((code) => FROM_MORSE[code] ?? ' ').join(''));

function crack(text) {
  const expected = 'etaoinshrdlu';
  const score = (candidate) => [...candidate.toLowerCase()].reduce((sum, c) => sum + (expected.includes(c) ? expected.length - expected.indexOf(c) : 0), 0);
  return Array.from({ length: 26 }, (_, key) => ({ key, text: shift(text, -key), score: score(shift(text, -key)) })).sort((a, b) => b.score - a.score)[0];
}
console.log(crack(shift('the quick brown fox jumps over the lazy dog and then it rests in the shade', 11)));

const xor = (text, key) => Buffer.from([...Buffer.from(text)].map((byte, i) => byte ^ key.charCodeAt(i % key.length)));
const encrypted = xor('secret message', 'key');
console.log(encrypted.toString('hex'), xor(encrypted.toString('latin1'), 'key').toString());
const isPalindrome = (s) => ((t) => t === [...t].reverse().join(''))(s.toLowerCase().replace(/[^a-z0-9]/g, ''));
console.log(isPalindrome('A man, a plan, a canal: Panama'), ['listen', 'silent', 'enlist', 'google'].filter((w) => [...w].sort().join('') === [...'listen'].sort().join('')));
const hash = (s) => [...s].reduce((h, c) => Math.imul(h ^ c.codePointAt(0), 16777619) >>> 0, 2166136261).toString(16).padStart(8, '0');
console.log(hash(''), hash('a'), hash('foobar'));
