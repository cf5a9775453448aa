#!/usr/bin/env node
// `npm run mutations`: plants faults in a copy of the source and sees that the tests notice them (test/mutations). Arguments choose some.
import { runProjectFile } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main } from './bootstrap/say.mjs'

await main(async () => {
  await prepare()
  await runProjectFile('test/mutations/run.ts', process.argv.slice(2))
})
