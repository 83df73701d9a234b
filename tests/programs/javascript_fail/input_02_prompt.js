// task: Ask for a number with the browser's prompt.
const n = Number(prompt('How many?'));
console.log(n * 2);
