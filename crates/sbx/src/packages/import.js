// Imports the package that the argument names; fails as `NothingToImport` if there is nothing in it for that.
const fs = require('fs');
const [name] = process.argv.slice(2);
const description = JSON.parse(fs.readFileSync(`/usr/local/lib/node_modules/${name}/package.json`, 'utf8'));
const { exports } = description;
// One that has parts alone is imported by them.
const hasPartsAlone = exports && typeof exports === 'object' && !('.' in exports) && Object.keys(exports).some((key) => key.startsWith('.'));
if (!hasPartsAlone) {
  try {
    await import(name);
  } catch (error) {
    if (error.module !== name && !(error.code === 'ERR_MODULE_NOT_FOUND' && error.message.startsWith(`Cannot find module '${name}'`))) throw error;
    const has = description.types ?? description.typings ?? name.startsWith('@types/') ? 'types or sources of TypeScript' : description.bin ? 'a program for the command line' : 'nothing for JavaScript';
    throw Object.assign(new Error(`it has nothing that could be imported: it is ${has} alone`), { name: 'NothingToImport' });
  }
}
