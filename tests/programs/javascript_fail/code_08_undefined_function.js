// task: Compute the total with a function that was not defined.
const prices = [1, 2, 3];
console.log(`Total: ${calculateTotal(prices)}`);
