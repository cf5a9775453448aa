#!/usr/bin/env node
// `npm run bench`: measures, and prints figures as ratios of one run (test/bench). Arguments choose what to measure.
import { runProjectFile } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main } from './bootstrap/say.mjs'

await main(async () => {
  await prepare({ web: true })
  await runProjectFile('test/bench/run.ts', process.argv.slice(2))
})
