import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ANYBODY } from './access.ts'

/** The pages of the single-page application; each is the same file, and what it shows comes from the API. */
const PAGES = ['/', '/wall', '/wall/*', '/desk', '/desk/*', '/tickets/*', '/cases/*', '/abnormal', '/kpi', '/kpi/*', '/data', '/data/*', '/rules', '/rules/*', '/ladders', '/silences', '/deliveries', '/keywords', '/rosters', '/handovers', '/handovers/*', '/reviews', '/calendar', '/settings', '/settings/*', '/login', '/me', '/ack/*', '/admin', '/admin/*']
const schema = { hide: true }
const config = { access: ANYBODY, rateLimit: false } as const

const notBuilt = (reply: FastifyReply) =>
  reply.code(503).type('text/plain; charset=utf-8').send('页面尚未构建：npm run build\nThe pages have not been built: npm run build\n')

/** Serves the built pages from `webDir`: assets for ever (their names carry their hash), the page itself always asked for anew. */
export async function servePages(app: FastifyInstance, webDir: string): Promise<void> {
  if (!existsSync(path.join(webDir, 'index.html'))) {
    for (const url of PAGES) app.get(url, { schema, config }, async (_request, reply) => notBuilt(reply))
    return
  }
  await app.register(fastifyStatic, { root: webDir, serve: false, cacheControl: false, etag: true })
  for (const url of PAGES) app.get(url, { schema, config }, async (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html'))
  app.get('/assets/*', { schema, config }, async (request, reply) =>
    reply.header('cache-control', 'public, max-age=31536000, immutable').sendFile(`assets/${(request.params as { '*': string })['*']}`))
  // favicon, manifest and the like lie beside the page.
  for (const entry of await readdir(webDir, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'index.html') continue
    app.get(`/${entry.name}`, { schema, config }, async (_request, reply) => reply.header('cache-control', 'no-cache').sendFile(entry.name))
  }
}
