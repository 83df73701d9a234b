// task: Collect all combinations in memory.
const all = [];
for (let i = 0; ; i++) all.push({ id: i, name: `item ${i}`, tags: [i, i + 1, i + 2] });
