// task: Split a list with a package that the run did not choose.
const dayjs = require('dayjs');
const _ = require('lodash');
console.log(_.chunk([1, 2, 3], 2), dayjs);
