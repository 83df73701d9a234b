// task: Use fs.promises to write, read, list, copy and stat files, with a JSON database class.
const fs = require('fs').promises;
const path = require('path');
const { promisify } = require('util');

class JsonStore {
  constructor(file) { this.file = file; }
  async load() {
    try {
      return JSON.parse(await fs.readFile(this.file, 'utf8'));
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  }
  async save(records) {
    const temporary = `${this.file}.tmp`;
    await fs.writeFile(temporary, JSON.stringify(records, null, 2));
    await fs.rename(temporary, this.file);
  }
  async insert(record) {
    const records = await this.load();
    const id = records.reduce((max, r) => Math.max(max, r.id), 0) + 1;
    await this.save([...records, { id, ...record }]);
    return id;
  }
  async find(query) {
    return (await this.load()).filter((record) => Object.entries(query).every(([key, value]) => record[key] === value));
  }
  async update(id, changes) {
    const records = await this.load();
    const record = records.find((r) => r.id === id);
    if (!record) throw new Error(`no record ${id}`);
    Object.assign(record, changes);
    await this.save(records);
    return record;
  }
  async remove(id) {
    const records = await this.load();
    await this.save(records.filter((r) => r.id !== id));
    return records.some((r) => r.id === id);
  }
}

async function main() {
  const store = new JsonStore(path.join(process.cwd(), 'db.json'));
  for (const name of ['Ann', 'Bob', 'Cid']) console.log(name, await store.insert({ name, active: true }));
  console.log(await store.update(2, { active: false }), await store.remove(3), await store.remove(9));
  console.log(await store.find({ active: true }));
  await store.update(7, {}).catch((error) => console.log(error.message));

  await fs.mkdir('logs/2024', { recursive: true });
  await Promise.all([1, 2, 3].map((n) => fs.writeFile(`logs/2024/${n}.log`, `line ${n}\n`.repeat(n))));
  await fs.appendFile('logs/2024/1.log', 'more\n');
  const names = (await fs.readdir('logs/2024')).sort();
  const sizes = await Promise.all(names.map(async (name) => [name, (await fs.stat(`logs/2024/${name}`)).size]));
  console.log(sizes);
  const joined = (await Promise.all(names.map((name) => fs.readFile(`logs/2024/${name}`, { encoding: 'utf8' })))).join('');
  console.log(joined.split('\n').length - 1, 'lines');
  await fs.copyFile('logs/2024/1.log', 'copy.log');
  await fs.cp('logs', 'backup', { recursive: true });
  console.log((await fs.readdir('.')).filter((name) => !name.startsWith('.')).sort(), await fs.access('copy.log').then(() => 'there', () => 'missing'), await fs.access('nope').then(() => 'there', (e) => e.code));
  const handle = await fs.open('copy.log', 'r+');
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(6), 0, 6, 0);
  await handle.write('LINE', 0);
  await handle.close();
  console.log(bytesRead, buffer.toString(), (await fs.readFile('copy.log')).subarray(0, 6).toString());
  await fs.truncate('copy.log', 4);
  await fs.unlink('copy.log');
  await fs.rm('backup', { recursive: true });
  const exists = promisify(require('fs').stat);
  await exists('copy.log').catch((error) => console.log(error.code));
  require('fs').readFile('db.json', 'utf8', (error, text) => console.log(error, JSON.parse(text).length));
}
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
