// task: Create a small CommonJS project with modules, a package in node_modules, circular imports and a cache, and run it.
const fs = require('fs');
const path = require('path');
const write = (name, text) => {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, text);
};
const root = process.cwd();
write('src/config.json', '{"name": "demo", "level": 3}');
write('src/logger.js', "let lines = 0;\nmodule.exports = (prefix) => ({ log: (...args) => console.log(`[${prefix}#${++lines}]`, ...args) });\n");
write('src/a.js', "exports.name = 'a';\nconst b = require('./b');\nexports.seen = b.seenA;\n");
write('src/b.js', "const a = require('./a');\nexports.seenA = a.name;\n");
write('src/index.js', "const config = require('./config');\nconst logger = require('./logger')(config.name);\nconst leftPad = require('left-pad-lite');\nlogger.log(leftPad('7', config.level, '0'), __filename.endsWith('/src/index.js'), require('./a').seen);\nmodule.exports = { logger, isMain: require.main === module };\n");
write('node_modules/left-pad-lite/package.json', '{"name": "left-pad-lite", "version": "1.2.3", "main": "./lib/main.js"}');
write('node_modules/left-pad-lite/lib/main.js', "module.exports = (text, width, fill = ' ') => String(text).padStart(width, fill);\n");
write('node_modules/@scope/tool/package.json', '{"name": "@scope/tool", "exports": {".": {"require": "./index.cjs", "import": "./index.mjs"}, "./extra": "./extra.js"}}');
write('node_modules/@scope/tool/index.cjs', "module.exports = 'cjs';");
write('node_modules/@scope/tool/index.mjs', "export default 'esm';");
write('node_modules/@scope/tool/extra.js', "module.exports = ['extra'];");

const index = require(path.join(root, 'src/index.js'));
index.logger.log('again', index.isMain);
console.log(require(path.join(root, 'src')) === index, Object.keys(require.cache).filter((key) => key.includes('/src/')).map((key) => path.basename(key)).sort());
const { createRequire } = require('module');
const local = createRequire(path.join(root, 'src/index.js'));
console.log(local('@scope/tool'), local('@scope/tool/extra'), local('left-pad-lite/package.json').version, path.relative(root, local.resolve('left-pad-lite')));
fs.writeFileSync('src/config.json', '{"name": "changed"}');
const configPath = local.resolve('./config.json');
const before = local('./config').name;
delete require.cache[configPath];
console.log(before, local('./config').name);
for (const name of ['./nope', 'nope', '@scope/tool/hidden']) {
  try {
    local(name);
  } catch (error) {
    console.log(name, error instanceof Error, typeof error.code);
  }
}
import(path.join(root, 'node_modules/@scope/tool/index.mjs')).then((module) => console.log(module.default));
