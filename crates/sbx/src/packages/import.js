// Imports the package that the argument names; the value is why there is nothing to import, if there is not.
const fs = require('fs');
const [name] = process.argv.slice(2);
const description = JSON.parse(fs.readFileSync(`/usr/local/lib/node_modules/${name}/package.json`, 'utf8'));
const { exports } = description;
// One that has parts alone is imported by them.
const hasPartsAlone = exports && typeof exports === 'object' && !('.' in exports) && Object.keys(exports).some((key) => key.startsWith('.'));
let reason;
if (!hasPartsAlone) {
  try {
    await import(name);
  } catch (error) {
    if (error.module !== name && !(error.code === 'ERR_MODULE_NOT_FOUND' && error.message.startsWith(`Cannot find module '${name}'`))) throw error;
    const has = description.types ?? description.typings ?? name.startsWith('@types/') ? 'types or sources of TypeScript' : description.bin ? 'a program for the command line' : 'nothing for JavaScript';
    reason = `it has nothing that could be imported: there is ${has} alone in it`;
  }
}
reason;
