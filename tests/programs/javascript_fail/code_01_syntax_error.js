// task: Print the squares (with a missing bracket).
const squares = [1, 2, 3].map((n) => n * n;
console.log(squares);
