// task: Sum numbers in parallel with worker threads.
const { Worker, isMainThread, parentPort } = require('worker_threads');
if (isMainThread) {
  const worker = new Worker(__filename);
  worker.on('message', (sum) => console.log(sum));
} else {
  parentPort.postMessage([...Array(1000).keys()].reduce((a, b) => a + b));
}
