#!/usr/bin/env node
// `npm start`: prepares a fresh clone and runs everything in one process. Arguments go to `tocsin start`.
import { runProjectFile } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main } from './bootstrap/say.mjs'

await main(async () => {
  await prepare({ web: true })
  await runProjectFile('bin/tocsin.ts', ['start', ...process.argv.slice(2)])
})
