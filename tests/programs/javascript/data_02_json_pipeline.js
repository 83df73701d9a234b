// task: Load users.json and orders.json, join them, and write a summary of each user's spending.
const fs = require('fs');

fs.writeFileSync('users.json', JSON.stringify([
  { id: 1, name: 'Alice Johnson', email: 'alice@example.com', tags: ['vip', 'beta'] },
  { id: 2, name: 'Bob Smith', email: 'bob@example.com', tags: [] },
  { id: 3, name: 'Carla Gómez', email: null, tags: ['beta'] },
], null, 2));
fs.writeFileSync('orders.json', JSON.stringify([
  { id: 'A1', userId: 1, total: 120.5, status: 'paid' },
  { id: 'A2', userId: 1, total: 35, status: 'refunded' },
  { id: 'A3', userId: 2, total: 80.25, status: 'paid' },
  { id: 'A4', userId: 9, total: 10, status: 'paid' },
]));

const users = JSON.parse(fs.readFileSync('users.json', 'utf8'));
const orders = JSON.parse(fs.readFileSync('orders.json', 'utf8'));

const usersById = Object.fromEntries(users.map((user) => [user.id, user]));
const orphans = orders.filter(({ userId }) => !(userId in usersById));

const summary = users.map(({ id, name, email, tags }) => {
  const own = orders.filter((order) => order.userId === id);
  const paid = own.filter((order) => order.status === 'paid');
  return {
    name,
    contact: email ?? 'n/a',
    isVip: tags.includes('vip'),
    orders: own.length,
    spent: paid.reduce((sum, { total }) => sum + total, 0),
    lastOrder: own.at(-1)?.id,
  };
});

console.log(summary);
console.log('Orphan orders:', orphans);
console.table(summary, ['name', 'orders', 'spent']);
fs.writeFileSync('summary.json', JSON.stringify(summary, null, 2));
console.log(fs.readFileSync('summary.json', 'utf8').split('\n').slice(0, 8).join('\n'));
console.log('Size:', fs.statSync('summary.json').size, 'bytes');
