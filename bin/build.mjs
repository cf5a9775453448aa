#!/usr/bin/env node
// `npm run build`: builds the pages into web/dist, whether anything changed or not. The server needs no build.
import { root } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main } from './bootstrap/say.mjs'

await main(async () => {
  await prepare()
  const { ensureWebBundle } = await import('./bootstrap/web-bundle.mjs')
  await ensureWebBundle(root, { always: true })
})
