#!/usr/bin/env node
// `npm run crash-matrix`: kills, stops and fails the workers at every named place of the path to a page, and sees that no page is lost (test/crash).
import { runProjectFile } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main } from './bootstrap/say.mjs'

await main(async () => {
  await prepare()
  await runProjectFile('test/crash/run.ts', process.argv.slice(2))
})
