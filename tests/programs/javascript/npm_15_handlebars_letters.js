// task: Write letters from a template with Handlebars.
const fs = require('fs');
const Handlebars = require('handlebars');

Handlebars.registerHelper('money', (value) => `$${value.toFixed(2)}`);
Handlebars.registerPartial('sign', '-- {{team}}');
const letter = Handlebars.compile('Dear {{name}},\n{{#if items}}{{#each items}}{{@index}}: {{title}} {{money price}}\n{{/each}}{{else}}nothing\n{{/if}}{{> sign team="Sales & Co"}}');
const customers = [{ name: 'Ann <a@b>', items: [{ title: 'Pen', price: 2.5 }, { title: 'Ink', price: 11 }] }, { name: 'Bob', items: [] }];
for (const [at, customer] of customers.entries()) fs.writeFileSync(`letter-${at}.txt`, letter(customer));
for (const file of fs.readdirSync('.').filter((name) => name.startsWith('letter-'))) console.log(fs.readFileSync(file, 'utf8'));
