// task: Wait for an event that never comes.
console.log('waiting');
await new Promise((resolve) => { globalThis.done = resolve; });
console.log('never');
