import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import path from 'node:path'
import { Server } from 'socket.io'
import type { AlertCard } from '../../core/contract/alerts.ts'
import { type FeedRow, LIVE_VERSION, type NodeFigures, type WallSnapshot } from '../../core/contract/wall.ts'
import { parseRegionCsv } from '../../core/engine/region-file.ts'
import { systemClock } from '../../core/platform/clock.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2',
}

/**
 * A far side of the wall that speaks the contract with made-up figures, for what the real system cannot be made to do on order: thousands of
 * updates in a minute, broken frames, an engine that stands while the socket lives, another version. Everything else is tested against the real one.
 */
export class FarSide {
  readonly io: Server
  readonly figures = new Map<string, NodeFigures>()
  readonly alerts = new Map<string, AlertCard>()
  seq = 1_000
  version = LIVE_VERSION
  /** Null: the engine beats with every beat. */
  engineBeatAt: number | null = null
  pagesServed = 0
  readonly #http = createServer((request, response) => this.#answer(request, response))
  readonly #regions = parseRegionCsv(readFileSync(path.join(ROOT, 'config/regions.cn.csv'), 'utf8'))
  readonly #timers: NodeJS.Timeout[] = []
  #feed: FeedRow[] = []

  constructor() {
    this.io = new Server(this.#http, { transports: ['websocket'] })
    for (const { code, level } of this.#regions) {
      if (level === 'city') continue
      this.figures.set(code, {
        regionCode: code, asOf: systemClock.now(), formulaVersion: 1, acceptedToday: 100, baselineToday: 90, baselineBasis: 'weeks', baselineDays: 8, open: 50, overdue: 3,
        feed: level === 'province' ? { state: 'live', lastOccurredAt: systemClock.now(), lastReceivedAt: systemClock.now(), silentAfterMs: 600_000 } : null,
      })
    }
  }

  #row(row: Record<string, unknown>): FeedRow {
    this.seq += 1
    const numbered = { ...row, seq: this.seq, at: systemClock.now() } as FeedRow
    this.#feed = [...this.#feed.slice(-499), numbered]
    return numbered
  }

  /** The figures of these nodes change, in one flush. */
  pushFigures(codes: readonly string[], change: Partial<NodeFigures>): void {
    const rows = codes.map((code) => {
      const old = this.figures.get(code)
      if (!old) throw new Error(`no figures of ${code}`)
      const payload = { ...old, ...change, asOf: systemClock.now() }
      this.figures.set(code, payload)
      return this.#row({ topic: 'figures', payload })
    })
    this.io.emit('rows', rows)
  }

  pushAlert(given: Partial<AlertCard> & { readonly id: string }): void {
    const now = systemClock.now()
    const payload: AlertCard = {
      kind: 'risk', ruleId: 'MR-02', severity: 2, state: 'open', regionCode: '320500', regionNameZh: '苏州市', regionNameEn: 'Suzhou', ticketNo: null, ticketKey: null, isPaging: true, phenomenon: '宽带上不了网', matterKind: 'phenomenon',
      ticketCount: 21, customerCount: 20, openedAt: now, severitySince: now, nextDueAt: now + 600_000, nextDueWhat: 'ack', ackedAt: null, ackedByName: null, needsAck: true,
      suppressedBy: null, proposedSeverity: null, isLateDetected: false, isStalled: false, version: 1, ...this.alerts.get(given.id), ...given,
    }
    if (payload.state === 'resolved') this.alerts.delete(payload.id)
    else this.alerts.set(payload.id, payload)
    this.io.emit('rows', [this.#row({ topic: 'alert', payload })])
  }

  #snapshot(): WallSnapshot {
    const nodes = this.#regions.map(({ code, parentCode, level, nameZh, nameEn, shortZh, tile }) => ({ code, parentCode, level, nameZh, nameEn, shortZh, tile }))
    const scope = nodes.find(({ parentCode }) => parentCode === null)
    if (!scope) throw new Error('the tree has no root')
    const now = systemClock.now()
    const dayStartAt = now - 12 * 3_600_000
    return {
      version: this.version, seq: this.seq, serverTime: now, zone: 'Asia/Shanghai', isDemo: false, scope, children: nodes.filter(({ parentCode }) => parentCode === scope.code),
      figures: [...this.figures.values()], alerts: [...this.alerts.values()], engineBeatAt: this.engineBeatAt ?? now,
      curve: { dayStartAt, stepMs: 1_800_000, today: Array.from({ length: 25 }, (_, step) => step * 4), baseline: Array.from({ length: 49 }, (_, step) => step * 3.5) },
    }
  }

  beat(): void {
    const now = systemClock.now()
    this.io.emit('beat', { version: this.version, serverTime: now, lastSeq: this.seq, engineBeatAt: this.engineBeatAt ?? now })
  }

  async listen(): Promise<string> {
    this.io.on('connection', (socket) => {
      socket.on('resume', (after: number, answer: (result: unknown) => void) => answer({ kind: 'rows', rows: this.#feed.filter((row) => row.seq > after) }))
      this.beat()
    })
    this.#timers.push(setInterval(() => this.beat(), 1_000))
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve))
    const address = this.#http.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.io.close()
    this.#http.closeAllConnections()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const json = (body: unknown, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (pathname === '/api/v1/wall') return void json(this.#snapshot())
    if (pathname === '/api/v1/regions') return void json({ items: this.#snapshot().children })
    if (pathname === '/api/v1/me') {
      return void json({
        kind: 'user', id: '1', login: 'far', displayName: 'far', role: 'group_ops', regionCode: '00', regionNameZh: '', regionNameEn: '', csrfToken: 't', isDemo: false, serverTime: systemClock.now(),
      })
    }
    if (pathname === '/api/v1/configuration-alerts') return void json({ items: [] })
    // What the wall asks for beside these is no page.
    if (pathname.startsWith('/api/')) return void json({}, 404)
    const file = path.join(ROOT, 'web/dist', pathname)
    const isFile = existsSync(file) && statSync(file).isFile()
    if (!isFile) this.pagesServed += 1
    const served = isFile ? file : path.join(ROOT, 'web/dist/index.html')
    response.writeHead(200, { 'content-type': TYPES[path.extname(served)] ?? 'application/octet-stream' })
    createReadStream(served).pipe(response)
  }
}
