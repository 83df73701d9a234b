// task: Convert numbers between bases, Roman numerals, words and human readable sizes.
const toRoman = (n) => [[1000, 'M'], [900, 'CM'], [500, 'D'], [400, 'CD'], [100, 'C'], [90, 'XC'], [50, 'L'], [40, 'XL'], [10, 'X'], [9, 'IX'], [5, 'V'], [4, 'IV'], [1, 'I']]
  .reduce((text, [value, symbol]) => {
    while (n >= value) {
      text += symbol;
      n -= value;
    }
    return text;
  }, '');
const fromRoman = (text) => [...text].map((c) => ({ I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 }[c]))
  .reduce((sum, value, i, all) => sum + (value < all[i + 1] ? -value : value), 0);
for (const year of [4, 9, 14, 1994, 2024, 3999]) console.log(year, toRoman(year), fromRoman(toRoman(year)));

const ones = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'];
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
function inWords(n) {
  if (n < 20) return ones[n];
  if (n < 100) return tens[Math.floor(n / 10)] + (n % 10 ? `-${ones[n % 10]}` : '');
  if (n < 1000) return `${ones[Math.floor(n / 100)]} hundred${n % 100 ? ` and ${inWords(n % 100)}` : ''}`;
  for (const [size, name] of [[1e9, 'billion'], [1e6, 'million'], [1e3, 'thousand']]) {
    if (n >= size) return `${inWords(Math.floor(n / size))} ${name}${n % size ? ` ${inWords(n % size)}` : ''}`;
  }
}
[0, 13, 42, 100, 999, 1001, 1234567].forEach((n) => console.log(n, '=>', inWords(n)));

function formatBytes(bytes, decimals = 2) {
  if (!+bytes) return '0 Bytes';
  const sizes = ['Bytes', 'KiB', 'MiB', 'GiB'];
  const i = Math.floor(Math.log(bytes) / Math.log(1024));
  return `${parseFloat((bytes / Math.pow(1024, i)).toFixed(decimals))} ${sizes[i]}`;
}
console.log([0, 512, 1024, 1536, 1048576, 5e9].map((n) => formatBytes(n)));
console.log((255).toString(2), (255).toString(16).toUpperCase(), parseInt('ff', 16), parseInt('1010', 2), Number('0b101'), Number('0o17'), (3.75).toString(2), (-255 >>> 0).toString(16));
console.log(1_000_000, 0xff, 0b11, 1e3, .5, 5e-324, Number.MAX_SAFE_INTEGER, Number.EPSILON > 0, 2 ** 53 === 2 ** 53 + 1);
console.log((1234.5678).toFixed(1), (0.000001234).toString(), (1e21).toString(), (123.456).toPrecision(4), (0).toFixed(2), (1.005).toFixed(2), (-1.5).toFixed(0), (25).toExponential());
const withCommas = (n) => n.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
console.log(withCommas(1234567), withCommas(-9876543210), withCommas(999));
console.log([10, 9, 1].sort(), ['10', '9', '1'].map(Number), ['1', '2', '3'].map(parseInt), Math.round(-0.5), Math.round(2.5), Math.trunc(-4.7), -7 % 3, Math.sign(-3), Math.hypot(3, 4), Math.cbrt(27));
console.log(isNaN('x'), Number.isNaN('x'), Number(null), Number(undefined), Number([5]), Number('  12  '), +true, ~~7.9, 7.9 | 0, '5' * '2', '5' + 2, 5 + +'2');
