// task: Check the input and exit with a code of its own.
const errors = ['no name', 'no age', 'no city'];
errors.forEach((error) => console.error(error));
process.exit(errors.length);
