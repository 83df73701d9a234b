// task: Get a page with Node's https module.
const https = require('https');

https.get('https://example.com', (response) => {
  let body = '';
  response.on('data', (chunk) => { body += chunk; });
  response.on('end', () => console.log(body.length));
}).on('error', (error) => {
  throw error;
});
