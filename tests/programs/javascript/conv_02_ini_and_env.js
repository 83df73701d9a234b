// task: Parse an INI file and a .env file and merge them into one JSON configuration.
const fs = require('node:fs');
const os = require('node:os');

fs.writeFileSync('config.ini', ['; server settings', '[server]', 'host = localhost', 'port=8080', 'debug = true', '', '[paths]', 'data = "/app/data dir"', 'cache=/tmp/cache # inline', '[server.tls]', 'enabled=off'].join(os.EOL));
fs.writeFileSync('.env', 'PORT=9090\nSECRET="abc=def"\nEMPTY=\n# comment\nexport NAME=\'My App\'\n');

const convert = (value) => {
  if (/^(true|yes|on)$/i.test(value)) return true;
  if (/^(false|no|off)$/i.test(value)) return false;
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return value.replace(/^(['"])(.*)\1$/, '$2');
};

function parseIni(text) {
  const config = {};
  let section = config;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/\s+[#;].*$/, '').trim();
    if (!line || line.startsWith(';') || line.startsWith('#')) continue;
    const header = line.match(/^\[([^\]]+)\]$/);
    if (header) {
      section = header[1].split('.').reduce((node, key) => (node[key] ??= {}), config);
      continue;
    }
    const [, key, value] = line.match(/^([^=]+?)\s*=\s*(.*)$/);
    section[key] = convert(value);
  }
  return config;
}

function parseEnv(text) {
  return Object.fromEntries(text.split('\n')
    .map((line) => /^\s*(?:export\s+)?(\w+)=(.*)$/.exec(line))
    .filter(Boolean)
    .map(([, key, value]) => [key, value.replace(/^(["'])([\s\S]*)\1$/, '$2')]));
}

const deepMerge = (a, b) => {
  const merged = { ...a };
  for (const key of Object.keys(b)) merged[key] = typeof a[key] === 'object' && typeof b[key] === 'object' ? deepMerge(a[key], b[key]) : b[key];
  return merged;
};

const ini = parseIni(fs.readFileSync('config.ini', 'utf8'));
const env = parseEnv(fs.readFileSync('.env', 'utf8'));
console.log(ini);
console.log(env);
const config = deepMerge(ini, { server: { port: Number(env.PORT) }, app: { name: env.NAME } });
console.dir(config, { depth: null });
fs.writeFileSync('config.json', JSON.stringify(config, (key, value) => (key === 'debug' ? undefined : value), '\t'));
console.log(fs.readFileSync('config.json', 'utf8'));
