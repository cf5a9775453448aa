#!/usr/bin/env node
// `npm run check`: everything about the source that can be judged without running it. Two steps at a time; each prints its time,
// and its findings if it has any. `npm run check types lint` runs only those.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root, typescriptFlags } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main, Refusal } from './bootstrap/say.mjs'

const bin = (/** @type {string} */ name) => join(root, 'node_modules', name)
const tsc = bin('@typescript/native/bin/tsc')

/** The longest step first, so that the others fit beside it. @type {Array<{ name: string, what: string, args: string[] }>} */
const steps = [
  { name: 'types-web', what: 'vue-tsc: web', args: [bin('vue-tsc/bin/vue-tsc.js'), '-p', 'web/tsconfig.json', '--noEmit'] },
  { name: 'types', what: 'tsc: Node.js side and tests', args: [tsc, '-p', 'tsconfig.node.json', '--noEmit'] },
  { name: 'types-core', what: 'tsc: domain and contract alone', args: [tsc, '-p', 'core/tsconfig.json', '--noEmit'] },
  { name: 'types-web-test', what: 'tsc: tests of web', args: [tsc, '-p', 'tsconfig.web-test.json', '--noEmit'] },
  { name: 'borders', what: 'dependency-cruiser: who imports whom', args: [bin('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', 'bin', 'core', 'migrations', 'server', 'test', 'web', 'workers'] },
  { name: 'fences', what: 'fences: what a file may say', args: [...typescriptFlags(), 'bin/ci/fences.ts'] },
  { name: 'lint', what: 'biome: lint', args: [bin('@biomejs/biome/bin/biome'), 'lint', '--error-on-warnings', '.'] },
  { name: 'dead-code', what: 'knip: dead code', args: [bin('knip/bin/knip.js'), '--no-progress'] },
]

/** @param {{ what: string, args: string[] }} step @returns {Promise<boolean>} whether it passed */
function run({ what, args }) {
  const began = performance.now()
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      if (code !== 0) console.log(output.trim())
      console.log(`${code === 0 ? '✓' : '✗'} ${what} (${seconds} s)`)
      resolve(code === 0)
    })
  })
}

await main(async () => {
  await prepare()
  const asked = process.argv.slice(2)
  const unknown = asked.find((name) => !steps.some((step) => step.name === name))
  if (unknown) throw new Refusal(`没有名为 ${unknown} 的检查。`, `There is no check named ${unknown}: ${steps.map(({ name }) => name).join(', ')}.`)
  const queue = steps.filter(({ name }) => asked.length === 0 || asked.includes(name))
  let failed = 0
  const worker = async () => {
    for (let step = queue.shift(); step; step = queue.shift()) if (!(await run(step))) failed += 1
  }
  const began = performance.now()
  await Promise.all([worker(), worker()])
  console.log(`${failed === 0 ? '✓' : '✗'} ${failed} failed (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  process.exitCode = failed === 0 ? 0 : 1
})
