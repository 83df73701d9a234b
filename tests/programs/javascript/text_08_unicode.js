// task: Work correctly with Unicode: code points, emoji, accents, normalisation, case and sorting.
const words = ['naïve', 'café', 'cafe\u0301', 'Straße', 'İstanbul', '日本語', '👩‍💻', '🇩🇪', 'ﬁne'];
for (const word of words) {
  console.log(word, word.length, [...word].length, Buffer.byteLength(word), word.toUpperCase(), JSON.stringify(word.normalize('NFD').replace(/\p{M}/gu, '')));
}
console.log('café' === 'cafe\u0301', 'café' === 'cafe\u0301'.normalize('NFC'), 'ﬁ'.normalize('NFKC'));
console.log([...'a😀b'].map((c) => c.codePointAt(0).toString(16)), String.fromCodePoint(128512, 65), 'a😀b'.split(''), 'a😀b'.charCodeAt(1), '😀'.at(0));
console.log('a😀b'.split('').reverse().join('').length, [...'a😀b'].reverse().join(''));
console.log('Hello Wörld 123'.match(/\p{L}+/gu), 'Ünïcode'.match(/\w+/g), /^\p{Lu}/u.test('É'), 'x²'.replace(/\p{N}/u, '2'), /\p{Script=Greek}/u.test('π'), /\p{Emoji_Presentation}/u.test('😀'));
console.log('\u{1F600} \x41 \u0042 \t|', 'tab\there', String.raw`\n${1 + 1}`, 'a\
b');
const slug = (title) => title.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
console.log(slug('  Crème Brûlée & Co. — 50% off! '));
console.log(['é', 'z', 'a', 'E', 'b'].sort(), ['b', 'a', 'C'].sort((x, y) => (x.toLowerCase() < y.toLowerCase() ? -1 : 1)));
console.log(encodeURI('https://x.y/ä b?q=ü&r=1'), encodeURIComponent('ä&b=c/d'), escape('ä b'), unescape('%E4'));
console.log(JSON.stringify({ text: 'line\u2028sep "q" \\ \u0001 é', '😀': '\ud83d' }), JSON.parse('"\\u00e9\\ud83d\\ude00"'));
const title = (s) => s.replace(/(^|\s)\S/gu, (c) => c.toLocaleUpperCase());
console.log(title('élan vital über alles'), 'ß'.toUpperCase(), 'ΑΣ'.toLowerCase(), 'I'.toLowerCase());
console.log('abc'.padStart(6, '12345'), '  trim\u00a0'.trim() + '|', 'a-b_c'.split(/[-_]/), 'x'.concat(1, null), 'abcabc'.indexOf('c', 3), 'abc'.substring(2, 0), 'abc'.substr(-2, 1), 'abc'.slice(-2));
console.log('%s|%s', '日本', 'ok', ['日本語', 'émoji 😀'], { 'ключ': 'значение', valid_id: 1, 'a b': 2, 'é': 3 });
