// task: Post JSON to an API with axios.
const axios = require('axios');

axios.post('https://api.example.com/items', { name: 'x' })
  .then(({ data }) => console.log(data));
