#!/usr/bin/env node
// `npm run build`: builds the pages into web/dist, whether anything changed or not. The server needs no build.
import { root } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main } from './bootstrap/say.mjs'
import { ensureWebBundle } from './bootstrap/web-bundle.mjs'

await main(async () => {
  await prepare()
  await ensureWebBundle(root, { always: true })
})
