#!/usr/bin/env node
// `npm run schema`: rewrites migrations/schema.sql from what the migrations lead to.
import { runProjectFile } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main } from './bootstrap/say.mjs'

await main(async () => {
  await prepare()
  await runProjectFile('migrations/migrate.ts', ['--dump', ...process.argv.slice(2)])
})
