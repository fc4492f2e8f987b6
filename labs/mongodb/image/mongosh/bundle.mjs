// Bundles mongosh into one file, from which node makes a snapshot. mongosh starts from it in
// a quarter of the time, because it need not load a thousand modules.
import { build } from 'esbuild-wasm';
import { createRequire, isBuiltin } from 'node:module';

const require = createRequire(import.meta.url);

// Modules that a snapshot can't hold, or that look at their surroundings when they are
// loaded. They are loaded on first use.
const late = ['http', 'https', 'tls', 'child_process', 'express', 'openid-client', '@babel/code-frame', '@mongodb-js/devtools-proxy-support'];
// Modules that are not needed here: the last one is the completion that is switched off in
// mongosh, and half of the bundle.
const absent = ['bindings', 'ipv6-normalize', '@mongodb-js/mongodb-ts-autocomplete'];

// The source of a module that stands in for another one until its first use.
const standIn = (name) => {
  const module = require(name);
  const functions = Object.keys(module).filter((key) => typeof module[key] === 'function');
  const values = Object.keys(module).filter((key) => typeof module[key] !== 'function');
  return `
    let loaded;
    const real = () => (loaded ??= require(${JSON.stringify(isBuiltin(name) ? name : `real:${name}`)}));
    const traps = (key) => Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, (_, ...rest) => Reflect[trap](real()[key], ...rest)]));
    const define = (key, property) => Object.defineProperty(module.exports, key, { enumerable: true, configurable: true, ...property });
    module.exports = ${typeof module === 'function' ? 'function (...given) { return real().apply(this, given); }' : '{}'};
    for (const key of ${JSON.stringify(functions)}) define(key, { value: new Proxy(function () {}, traps(key)), writable: true });
    for (const key of ${JSON.stringify(values)}) define(key, { get: () => real()[key], set: (value) => define(key, { value, writable: true }) });
  `;
};

const named = (names) => new RegExp(`^(node:)?(${names.join('|')})$`);
const asReal = Symbol('asReal');

await build({
  entryPoints: ['node_modules/mongosh/bin/mongosh.js'],
  outfile: 'mongosh.js',
  bundle: true,
  platform: 'node',
  target: 'node24',
  supported: { 'dynamic-import': false }, // a snapshot has none
  minify: true,
  keepNames: true,
  logLevel: 'error',
  external: ['electron', 'pac-proxy-agent', 'source-map', '@babel/preset-typescript'],
  plugins: [
    {
      name: 'for a snapshot',
      setup({ onResolve, onLoad, resolve }) {
        onResolve({ filter: named(late) }, ({ path, namespace, pluginData }) => {
          if (pluginData === asReal) return undefined;
          if (namespace === 'late') return { path, external: true };
          return { path: path.replace('node:', ''), namespace: 'late' };
        });
        onResolve({ filter: /^real:/ }, ({ path, kind }) => resolve(path.replace('real:', ''), { kind, resolveDir: process.cwd(), pluginData: asReal }));
        onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({ contents: standIn(path), resolveDir: process.cwd() }));
        onResolve({ filter: named(absent) }, ({ path }) => ({ path, namespace: 'absent' }));
        onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: '' }));
      },
    },
  ],
});
