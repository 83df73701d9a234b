// task: Ask for a name.
const readline = require('readline');
const rl = readline.createInterface({ input: process.stdin, output: process.stdout });
rl.question('What is your name? ', (name) => {
  if (!name) throw new Error('a name is needed');
  console.log(`Hello, ${name}!`);
  rl.close();
});
