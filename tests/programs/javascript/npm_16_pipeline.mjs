// task: Clean a file of orders with several packages together.
import fs from 'node:fs';
import Papa from 'papaparse';
import _ from 'lodash';
import dayjs from 'dayjs';
import { z } from 'zod';
import Decimal from 'decimal.js';
import yaml from 'js-yaml';
import { marked } from 'marked';

fs.writeFileSync('orders.csv', 'id,when,amount,who\n1,2024-03-01,10.10,ann\n2,2024-03-09,x,bob\n3,2024-04-02,0.20,ann\n4,2024-04-05,5,CAT\n');
const Order = z.object({ id: z.coerce.number(), when: z.string().transform((text) => dayjs(text)), amount: z.string().regex(/^\d+(\.\d+)?$/).transform((text) => new Decimal(text)), who: z.string().transform(_.capitalize) });
const [good, bad] = _.partition(Papa.parse(fs.readFileSync('orders.csv', 'utf8'), { header: true, skipEmptyLines: true }).data.map((row) => Order.safeParse(row)), 'success');
const months = _.mapValues(_.groupBy(good.map(({ data }) => data), ({ when }) => when.format('MMM YYYY')), (rows) => rows.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0)).toFixed(2));
fs.writeFileSync('summary.yaml', yaml.dump({ months, rejected: bad.length }));
console.log(fs.readFileSync('summary.yaml', 'utf8').trim());
console.log(marked.parse(_.map(months, (sum, month) => `* ${month}: **${sum}**`).join('\n')).trim());
