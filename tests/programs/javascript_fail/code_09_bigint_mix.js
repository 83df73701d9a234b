// task: Compute a factorial with BigInt and a plain number.
let result = 1n;
for (let i = 1; i <= 25; i++) result = result * i;
console.log(result);
