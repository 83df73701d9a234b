// task: Simulate a bank with accounts, transfers, interest, an audit log and error handling; save the state as JSON.
const fs = require('fs');

class InsufficientFundsError extends Error {
  constructor(balance, amount) {
    super(`Insufficient funds: balance ${balance.toFixed(2)}, requested ${amount.toFixed(2)}`);
    this.name = 'InsufficientFundsError';
  }
}
class Account {
  #balance;
  #transactions = [];
  constructor(owner, balance = 0, type = 'checking') {
    this.id = `ACC-${String(++Account.lastId).padStart(4, '0')}`;
    this.owner = owner;
    this.type = type;
    this.#balance = Math.round(balance * 100);
  }
  static lastId = 0;
  get balance() { return this.#balance / 100; }
  #record(kind, cents) {
    this.#balance += cents;
    this.#transactions.push({ kind, amount: cents / 100, balance: this.balance });
  }
  deposit(amount) {
    if (!(amount > 0)) throw new RangeError(`Invalid amount: ${amount}`);
    this.#record('deposit', Math.round(amount * 100));
    return this;
  }
  withdraw(amount) {
    if (amount > this.balance) throw new InsufficientFundsError(this.balance, amount);
    this.#record('withdraw', -Math.round(amount * 100));
    return this;
  }
  addInterest(rate) { if (this.type === 'savings') this.#record('interest', Math.round(this.#balance * rate)); }
  get statement() { return [...this.#transactions]; }
  toJSON() { return { id: this.id, owner: this.owner, type: this.type, balance: this.balance }; }
}
class Bank {
  accounts = new Map();
  log = [];
  open(...args) {
    const account = new Account(...args);
    this.accounts.set(account.id, account);
    return account;
  }
  transfer(from, to, amount) {
    try {
      const [source, target] = [from, to].map((id) => this.accounts.get(id) ?? (() => { throw new Error(`No account ${id}`); })());
      source.withdraw(amount);
      target.deposit(amount);
      this.log.push(`OK    ${from} -> ${to}: ${amount.toFixed(2)}`);
      return true;
    } catch (error) {
      this.log.push(`ERROR ${from} -> ${to}: ${error.message}`);
      return false;
    }
  }
  get total() { return [...this.accounts.values()].reduce((sum, { balance }) => sum + balance, 0); }
}
const bank = new Bank();
const ann = bank.open('Ann', 100);
const bob = bank.open('Bob', 50.5, 'savings');
ann.deposit(0.1).deposit(0.2);
console.log(bank.transfer(ann.id, bob.id, 30), bank.transfer(bob.id, ann.id, 1000), bank.transfer('ACC-9999', ann.id, 1));
for (let month = 1; month <= 12; month++) for (const account of bank.accounts.values()) account.addInterest(0.02 / 12);
console.log(ann.balance, bob.balance, bank.total.toFixed(2));
console.table(ann.statement);
console.log(bank.log.join('\n'));
fs.writeFileSync('bank.json', JSON.stringify([...bank.accounts.values()], null, 2));
console.log(JSON.parse(fs.readFileSync('bank.json', 'utf8')));
console.log(ann, bob.statement.length);
try { ann.deposit(-5); } catch ({ name, message }) { console.log(name, message); }
const payment = (principal, rate, years) => {
  const r = rate / 12;
  return (principal * r) / (1 - (1 + r) ** (-years * 12));
};
console.log(payment(200000, 0.035, 30).toFixed(2), (payment(200000, 0.035, 30) * 360 - 200000).toFixed(2));
