// task: Find a number with a property that none has.
let n = 1;
while (n % 2 !== 2) n++;
console.log(n);
