// task: Allocate a large table.
const table = new Float64Array(1e9);
console.log(table.length);
