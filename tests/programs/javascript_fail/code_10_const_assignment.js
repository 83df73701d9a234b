// task: Count the words.
const count = 0;
for (const word of 'a b c'.split(' ')) {
  count += word.length;
}
console.log(count);
