// task: Sum a list recursively.
const sum = (list, i = 0) => (i === list.length ? 0 : list[i] + sum(list, i + 1));
console.log(sum(Array.from({ length: 1e6 }, (_, i) => i)));
