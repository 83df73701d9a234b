// task: Make ids with uuid and nanoid.
const { v4: uuidv4, v5: uuidv5, validate, version } = require('uuid');
const { nanoid, customAlphabet } = require('nanoid');

const id = uuidv4();
console.log(validate(id), version(id), validate('nope'), id === uuidv4());
console.log(uuidv5('https://a.example/', uuidv5.URL));
const short = nanoid();
console.log(short.length, /^[\w-]+$/.test(short), new Set(Array.from({ length: 100 }, () => nanoid(8))).size);
console.log(/^[01]{6}$/.test(customAlphabet('01', 6)()));
