#!/usr/bin/env node
// `npm run -s tocsin -- COMMAND …`: the command line. Nothing but the command's own output goes to standard output.
import { commandFlags, runProjectFile } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main } from './bootstrap/say.mjs'

await main(async () => {
  await prepare()
  const args = process.argv.slice(2)
  await runProjectFile('bin/tocsin.ts', args, commandFlags(args[0]))
})
