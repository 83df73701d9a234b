// task: Print an invoice with localised numbers, currency and dates.
const invoice = { number: 'INV-001', date: new Date('2024-03-05T14:30:00Z'), items: [{ name: 'Laptop', qty: 2, price: 1299.99 }, { name: 'Mouse', qty: 10, price: 24.5 }, { name: 'Support', qty: 1, price: 0.5 }] };
const currency = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const total = invoice.items.reduce((sum, { qty, price }) => sum + qty * price, 0);

console.log(`Invoice ${invoice.number}`);
console.log(`Date: ${invoice.date.toLocaleDateString('en-US', { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' })}`);
invoice.items.forEach(({ name, qty, price }) => console.log(`${name.padEnd(10)} ${String(qty).padStart(3)} x ${currency.format(price).padStart(10)} = ${currency.format(qty * price).padStart(10)}`));
console.log(`Total: ${currency.format(total)}`);
console.log((1234567.891).toLocaleString(), (1234567).toLocaleString('en-US'), (0.256).toLocaleString('en-US', { style: 'percent', minimumFractionDigits: 1 }), (1234.5).toLocaleString('en-US', { minimumFractionDigits: 2 }), (42).toLocaleString(), (-9876.5).toLocaleString(undefined, { maximumFractionDigits: 0 }), (1e9).toLocaleString(), 12345678901234567890n.toLocaleString());
console.log(invoice.date.toLocaleDateString('en-US', { timeZone: 'UTC' }), invoice.date.toLocaleDateString('en-US', { weekday: 'short', month: 'short', day: '2-digit', timeZone: 'UTC' }), invoice.date.toLocaleTimeString('en-US', { timeZone: 'UTC' }), invoice.date.toLocaleString('en-US', { timeZone: 'UTC' }));
console.log(new Intl.DateTimeFormat('en-US', { month: 'long', timeZone: 'UTC' }).format(invoice.date), String(invoice.date));
console.log(['b', 'a', 'Z', 'ä', 'C'].sort((x, y) => x.localeCompare(y)), 'a'.localeCompare('B'), 'a10'.localeCompare('a2', undefined, { numeric: true }), 'a'.localeCompare('A', undefined, { sensitivity: 'base' }), ['item 10', 'item 9'].sort(new Intl.Collator(undefined, { numeric: true }).compare));
