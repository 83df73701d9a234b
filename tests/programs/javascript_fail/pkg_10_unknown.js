// task: Use a package that nobody knows.
const frobnicate = require('left-frobnicator');
console.log(frobnicate(1));
