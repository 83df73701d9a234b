// task: Add up money exactly with decimal.js.
import Decimal from 'decimal.js';

console.log(0.1 + 0.2, new Decimal('0.1').plus('0.2').toString());
const cart = [['19.99', 3], ['0.07', 11], ['1250.5', 1]];
const net = cart.reduce((sum, [price, count]) => sum.plus(new Decimal(price).times(count)), new Decimal(0));
const tax = net.times('0.19').toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN);
console.log(net.toFixed(2), tax.toFixed(2), net.plus(tax).toFixed(2));
Decimal.set({ precision: 40 });
console.log(new Decimal(2).sqrt().toString(), new Decimal(1).div(7).toString());
console.log(Decimal.max('1e3', '999.9').toNumber(), new Decimal('1e-9').toString());
