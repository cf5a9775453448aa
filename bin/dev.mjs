#!/usr/bin/env node
// `npm run dev`: the server restarted at every change of its files, and the pages by Vite with hot reload, on PORT (default
// 8080). The server itself listens on the next port; Vite passes on what is meant for it.
import { join } from 'node:path'
import { root, runNode } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main, say } from './bootstrap/say.mjs'

await main(async () => {
  await prepare()
  const port = Number(process.env['PORT'] ?? 8080)
  const serverPort = port + 1
  const { createServer } = await import('vite')
  const target = `http://127.0.0.1:${serverPort}`
  const pages = await createServer({
    configFile: join(root, 'web/vite.config.ts'),
    server: {
      port,
      strictPort: true,
      proxy: { '/api': target, '/healthz': target, '/readyz': target, '/socket.io': { target: target.replace('http', 'ws'), ws: true } },
    },
  })
  await pages.listen()
  say(`页面：http://localhost:${port}/（服务端口 ${serverPort}）`, `Pages: http://localhost:${port}/ (server on ${serverPort})`)
  const watch = [join(root, 'node_modules/tsx/dist/cli.mjs'), 'watch', '--clear-screen=false', join(root, 'bin/tocsin.ts'), 'start']
  await runNode([...watch, ...process.argv.slice(2)], { ...process.env, PORT: String(serverPort) })
  await pages.close()
})
