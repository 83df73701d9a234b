// task: Print every number.
for (let i = 0; i < 100000; i++) console.log(`line ${i}: ${i * i}`);
