// task: Call a method of a value that may be missing (types are not checked).
interface Item { name: string; tags?: string[] }
const items: Item[] = [{ name: 'a', tags: ['x'] }, { name: 'b' }];
const all: string[] = items.map((item) => item.tags!.join(','));
console.log(all);
