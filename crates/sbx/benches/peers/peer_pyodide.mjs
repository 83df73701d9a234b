// Pyodide in Node, from the npm package: a fresh `loadPyodide()` for each program, since one interpreter shares its modules
// and builtins with every program that it has run. The same requests and answers as `serve.py`.
//
// Started as `node peer_pyodide.mjs FOLDER`, where FOLDER has the package in its node_modules; with `--once CODE` after it,
// runs one program and ends, and with `--worker` (by itself) it is a thread.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'

const script = fileURLToPath(import.meta.url)
const folder = resolve(isMainThread ? process.argv[2] : workerData.folder)
const { loadPyodide } = await import(pathToFileURL(createRequire(`${folder}/`).resolve('pyodide/pyodide.mjs')).href)

class Cannot extends Error {}

async function open() {
  const printed = []
  const python = await loadPyodide()
  python.setStdout({ batched: (line) => printed.push(line + '\n') })
  return { python, printed }
}

async function run(language, code) {
  if (language !== 'python') throw new Cannot('Python only')
  const { python, printed } = await open()
  if (code.includes('import pandas')) await load(python, 'pandas')
  python.runPython(code)
  return printed.join('')
}

// Third-party packages are in neither npm nor PyPI: it fetches them from where its project publishes them.
async function load(python, name) {
  await python.loadPackage(name, { messageCallback: () => {}, errorCallback: () => {} }).catch(() => {})
  if (!(name in python.loadedPackages)) {
    throw new Cannot(`its ${name} is in no package registry, and where it would fetch it from was not reached`)
  }
}

async function live(request) {
  if (request.language !== 'python') throw new Cannot('Python only')
  const { python } = await open()
  if (request.setup.includes('import pandas')) await load(python, 'pandas')
  python.runPython(request.setup)
  return python
}

const thread = (data) => new Worker(script, { workerData: { folder, ...data } })

const turns = new Map()
const held = []

const does = {
  cold: ({ language, code }) => {
    if (language !== 'python') throw new Cannot('Python only')
    return { argv: [process.execPath, script, folder, '--once', code] }
  },
  async run({ language, code, n }) {
    const seconds = []
    let printed = ''
    for (let i = 0; i < n; i++) {
      const started = performance.now()
      printed = await run(language, code)
      seconds.push((performance.now() - started) / 1e3)
    }
    return { seconds, printed }
  },
  // The interpreter cannot be stopped from its own thread: a thread of its own is terminated.
  async limited({ language, code, limit }) {
    if (language !== 'python') throw new Cannot('Python only')
    const worker = thread({ code, say: true })
    await new Promise((ready) => worker.once('message', ready))
    const started = performance.now()
    await new Promise((wake) => setTimeout(wake, limit * 1e3))
    await worker.terminate()
    return { seconds: [(performance.now() - started) / 1e3] }
  },
  async turn(request) {
    if (!turns.has(request.language)) turns.set(request.language, await live(request))
    const python = turns.get(request.language)
    const seconds = []
    for (let i = 0; i < request.n; i++) {
      const started = performance.now()
      python.runPython(request.code)
      seconds.push((performance.now() - started) / 1e3)
    }
    return { seconds }
  },
  kept_turn: () => {
    throw new Cannot('an interpreter ends with its process')
  },
  async many({ code, n, threads }) {
    const started = performance.now()
    const share = (index) => Math.floor(n / threads) + (index < n % threads ? 1 : 0)
    const ends = [...Array(threads).keys()].map((index) => {
      return new Promise((end) => thread({ code, n: share(index) }).once('exit', end))
    })
    await Promise.all(ends)
    return { seconds: [(performance.now() - started) / 1e3] }
  },
  async hold(request) {
    for (let i = 0; i < request.n; i++) held.push(await live(request))
    return { held: held.length }
  },
}

async function answer(line) {
  const request = JSON.parse(line)
  try {
    return await does[request.do](request)
  } catch (error) {
    if (error instanceof Cannot) return { cannot: error.message }
    const lines = String(error.message ?? error).trim().split('\n')
    const told = lines.find((line) => /^\w*Error: /.test(line)) ?? lines[lines.length - 1]
    return { failed: told.slice(0, 200) }
  }
}

if (!isMainThread) {
  if (workerData.say) {
    const { python } = await open()
    parentPort.postMessage('ready')
    python.runPython(workerData.code)
  }
  for (let i = 0; i < (workerData.n ?? 0); i++) await run('python', workerData.code)
} else if (process.argv[3] === '--once') {
  process.stdout.write(await run('python', process.argv[4]))
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(line)) + '\n')
  }
  process.exit(0)
}
