// task: Group the items by their first letter with a method that arrays do not have.
const items = ['apple', 'avocado', 'banana'];
const groups = items.groupBy((item) => item[0]);
console.log(groups);
