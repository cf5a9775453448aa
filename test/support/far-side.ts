import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { Server } from 'socket.io'
import type { AlertCard, AlertDetail } from '../../core/contract/alerts.ts'
import type { KpiAnswer } from '../../core/contract/kpi.ts'
import { type FeedRow, LIVE_VERSION, type NodeFigures, type NodeInfo, type WallSnapshot } from '../../core/contract/wall.ts'

const root = join(import.meta.dirname, '../..')
const MINUTE = 60_000
const DAY = 86_400_000
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** The regional tree of the repository, as GET /regions gives it. */
function readRegions(): NodeInfo[] {
  const lines = readFileSync(join(root, 'config/regions.cn.csv'), 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [code = '', parent = '', level = '', nameZh = '', nameEn = '', shortZh = '', col = '', row = ''] = line.split(',')
    return { code, parentCode: parent || null, level, nameZh, nameEn, shortZh, tile: col === '' ? null : { col: Number(col), row: Number(row) } }
  })
}

const PHENOMENA = ['宽带上不了网', '宽带慢', '移网上网', '计费及收费', 'IPTV', '不知情定制', '修障慢', '渠道服务']

/**
 * A far side that speaks exactly the contract with made-up figures: for what the real system cannot be made to do on order
 * (thousands of updates a second, broken frames, a beat that stops while the socket lives). Never a substitute for the real one.
 */
export class FarSide {
  readonly regions = readRegions()
  readonly http = createServer((request, response) => void this.#answer(request, response))
  readonly io = new Server(this.http, { transports: ['websocket'], pingInterval: 5_000, pingTimeout: 5_000 })
  readonly alerts = new Map<string, AlertCard>()
  readonly figures = new Map<string, NodeFigures>()
  readonly webDir: string
  feed: FeedRow[] = []
  seq = 1_000
  now = Date.now
  scopeCode = '00'
  isBeating = true
  engineBeatAt: number | null = null
  snapshots = 0
  received: string[] = []
  role = 'group_ops'
  #nextId = 1
  #timers: NodeJS.Timeout[] = []

  constructor(webDir = join(root, 'web/dist')) {
    this.webDir = webDir
    const dayStartAt = Math.floor((this.now() + 8 * 3_600_000) / DAY) * DAY - 8 * 3_600_000
    for (const [index, node] of this.regions
      .filter((node) => node.level === 'group' || node.level === 'province' || node.parentCode === '32')
      .entries()) {
      const base = node.level === 'group' ? 46_120 : 340 + ((index * 7919) % 2_600)
      const feed = node.level !== 'province' ? null : { silentAfterMs: 10 * MINUTE, ...this.#feedOf(node.code) }
      this.figures.set(node.code, {
        regionCode: node.code,
        asOf: this.now(),
        formulaVersion: 1,
        acceptedToday: base,
        baselineToday: node.code === '54' ? null : base * 0.94,
        baselineWeeks: node.code === '54' ? 2 : 8,
        open: base * 2 + 13,
        overdue: Math.floor(base / 29),
        feed,
      })
    }
    this.dayStartAt = dayStartAt
    const rows: [number, string, string, number][] = [
      [4, '320500', '宽带上不了网', 214],
      [3, '440100', '计费及收费', 96],
      [2, '510100', '移网上网', 41],
      [2, '33', '不知情定制', 63],
      [1, '150100', 'IPTV', 14],
      [1, '11', '宽带慢', 22],
      [1, '420100', '修障慢', 12],
      [2, '370200', '渠道服务', 33],
      [1, '610100', '移网上网', 11],
    ]
    for (const [index, [severity, region, phenomenon, customers]] of rows.entries()) {
      this.raise({
        severity,
        regionCode: region,
        phenomenon,
        customerCount: customers,
        ticketCount: Math.round(customers * 1.15),
        openedAt: this.now() - (index + 1) * 11 * MINUTE,
        ...(index % 3 === 2 ? { state: 'acknowledged', needsAck: false, ackedAt: this.now() - 5 * MINUTE, ackedByName: '王敏' } : {}),
      })
    }
    for (let index = 0; index < 24; index += 1) {
      this.raise({
        kind: 'abnormal',
        ruleId: index % 3 === 0 ? 'AT-02' : 'AT-01',
        severity: 1 + (index % 3),
        regionCode: ['320100', '440300', '110100', '330100'][index % 4] ?? '32',
        ticketNo: `TS2026112200${1_000 + index * 37}`,
        phenomenon: PHENOMENA[index % PHENOMENA.length] ?? '',
        openedAt: this.now() - index * 7 * MINUTE,
      })
    }
    this.feed = []
  }
  readonly dayStartAt: number

  #feedOf(code: string): Pick<NonNullable<NodeFigures['feed']>, 'state' | 'lastOccurredAt' | 'lastReceivedAt'> {
    if (code === '65') return { state: 'never', lastOccurredAt: null, lastReceivedAt: null }
    const age = code === '46' ? 37 * MINUTE : ((Number(code) * 13) % 90) * 1_000
    return { state: code === '46' ? 'stale' : 'live', lastOccurredAt: this.now() - age - 2_000, lastReceivedAt: this.now() - age }
  }

  /** Raises an alert, or changes one of the same id. */
  raise(given: Partial<AlertCard>): AlertCard {
    const regionCode = given.regionCode ?? '320500'
    const node = this.regions.find((other) => other.code === regionCode)
    const at = this.now()
    const old = given.id === undefined ? undefined : this.alerts.get(given.id)
    const openedAt = given.openedAt ?? old?.openedAt ?? at
    const card: AlertCard = {
      id: String(this.#nextId++),
      kind: 'risk',
      ruleId: 'MR-02',
      severity: 2,
      state: 'open',
      regionCode,
      regionNameZh: node?.nameZh ?? '',
      regionNameEn: node?.nameEn ?? '',
      ticketNo: null,
      phenomenon: PHENOMENA[0] ?? '',
      ticketCount: 1,
      customerCount: 1,
      openedAt,
      severitySince: openedAt,
      nextDueAt: at + (4 + this.#nextId) * MINUTE,
      nextDueWhat: 'step',
      ackedAt: null,
      ackedByName: null,
      needsAck: true,
      suppressedBy: null,
      proposedSeverity: null,
      ...old,
      ...given,
      version: (old?.version ?? 0) + 1,
    }
    this.alerts.set(card.id, card)
    this.push({ seq: 0, at, topic: 'alert', payload: card })
    return card
  }

  push(row: FeedRow): void {
    this.seq += 1
    const numbered = { ...row, seq: this.seq } as FeedRow
    this.feed = [...this.feed.slice(-999), numbered]
    this.io.emit('rows', [numbered])
  }

  pushFigures(code: string, change: Partial<NodeFigures>): void {
    const old = this.figures.get(code)
    if (!old) throw new Error(`no figures of ${code}`)
    const next = { ...old, ...change, asOf: this.now() }
    this.figures.set(code, next)
    this.push({ seq: 0, at: this.now(), topic: 'figures', payload: next })
  }

  snapshot(): WallSnapshot {
    this.snapshots += 1
    const scope = this.regions.find((node) => node.code === this.scopeCode)
    const children = this.regions.filter((node) => node.parentCode === this.scopeCode)
    if (!scope) throw new Error('no scope')
    const codes = new Set([scope.code, ...children.map((node) => node.code)])
    const own = this.figures.get(scope.code)
    const steps = Math.max(1, Math.floor((this.now() - this.dayStartAt) / (30 * MINUTE)))
    const shape = (step: number) => (1 - Math.cos((Math.min(48, step) / 48) * Math.PI)) / 2
    const total = (own?.acceptedToday ?? 0) / shape(steps)
    return {
      version: LIVE_VERSION,
      seq: this.seq,
      serverTime: this.now(),
      zone: 'Asia/Shanghai',
      isDemo: true,
      scope,
      children,
      figures: [...this.figures.values()].filter((figures) => codes.has(figures.regionCode)),
      curve: {
        dayStartAt: this.dayStartAt,
        stepMs: 30 * MINUTE,
        today: Array.from({ length: steps + 1 }, (_, step) => Math.round(total * shape(step))),
        baseline: Array.from({ length: 49 }, (_, step) => Math.round(total * 0.93 * shape(step))),
      },
      alerts: [...this.alerts.values()].filter((card) => !['resolved', 'closed', 'false_positive', 'merged', 'retracted'].includes(card.state)),
      engineBeatAt: this.engineBeatAt ?? this.now(),
    }
  }

  #detail(card: AlertCard): AlertDetail {
    const ticks = Array.from({ length: 24 }, (_, index) => card.openedAt - 60 * MINUTE + index * 5 * MINUTE)
    return {
      card,
      facts:
        card.kind === 'abnormal'
          ? { deadlineAt: card.nextDueAt, limitMs: 24 * 3_600_000, leftMs: 35 * MINUTE, cause: 'deadline:1' }
          : { value: card.ticketCount, baseline: 4.5, sigma: 2.1 },
      parameters: { windowMinutes: 60, surge: { z: [3, 5, 8, 12], x: [8, 20, 60, 200] } },
      ruleVersion: 3,
      ladderVersion: 2,
      timeline: [
        {
          id: '1',
          at: card.openedAt,
          actorKind: 'engine',
          actorName: null,
          move: 'open',
          fromState: null,
          toState: 'open',
          fromSeverity: null,
          toSeverity: 1,
          reason: '',
          detail: {},
        },
        {
          id: '2',
          at: card.openedAt + 10 * MINUTE,
          actorKind: 'engine',
          actorName: null,
          move: 'upgrade',
          fromState: 'open',
          toState: 'open',
          fromSeverity: 1,
          toSeverity: card.severity,
          reason: '',
          detail: {},
        },
      ],
      readings:
        card.kind === 'risk'
          ? ticks.flatMap((tickAt, index) => [
              {
                ruleId: 'MR-02',
                tickAt,
                level: Math.min(4, Math.floor(index / 6)),
                value: 3 + index * index,
                baseline: 5 + Math.sin(index),
                z: index * 0.9,
                r: index / 3,
              },
              { ruleId: 'MR-01', tickAt, level: Math.floor(index / 10), value: 2 + index * 6, baseline: null, z: null, r: null },
            ])
          : [],
      tickets: Array.from({ length: 12 }, (_, index) => ({
        ticketNo: `TS202611220${4_000 + index}`,
        status: 'processing',
        regionCode: card.regionCode,
        phenomenon: card.phenomenon,
        acceptedAt: card.openedAt - index * MINUTE,
        deadlineAt: card.openedAt + DAY,
        isOverdue: index === 3,
        contentText: '客户来电反映家中宽带自昨晚起无法上网，光猫红灯，联系电话1**********，要求尽快修复。',
        customerShort: '3fa9c01b',
      })),
      ticketTotal: 214,
      deliveries: [
        {
          step: 0,
          channel: 'in_app',
          target: '王敏',
          state: 'delivered',
          dueAt: card.openedAt,
          sentAt: card.openedAt + 300,
          deliveredAt: card.openedAt + 900,
          outcome: null,
        },
      ],
      allowedMoves: card.needsAck ? ['ack', 'note', 'mark_false_positive'] : ['handle_start', 'note', 'resolve', 'approve_downgrade'],
    }
  }

  #kpi(region: string): KpiAnswer {
    const node = this.regions.find((other) => other.code === region) ?? this.regions[0]
    const monday = this.dayStartAt - ((new Date(this.dayStartAt + 8 * 3_600_000).getUTCDay() + 6) % 7) * DAY
    const week = (index: number, unit: 'tickets' | 'percent') => {
      const startAt = monday - (12 - index) * 7 * DAY
      const isComplete = index < 12
      const numerator = Math.round((9_800 + 900 * Math.sin(index) + index * 60) * (isComplete ? 1 : 0.55))
      const figure = (value: number, status: 'ok' | 'no_data' = 'ok') => ({
        numerator: status === 'ok' ? Math.round(value * 0.93) : null,
        denominator: unit === 'percent' && status === 'ok' ? value : null,
        value: status !== 'ok' ? null : unit === 'percent' ? 93 + Math.sin(index) * 2.4 : value,
        status,
        dataAsOf: this.now(),
        formulaVersion: 1,
      })
      return {
        week: `2026-W${35 + index}`,
        startAt,
        endAt: startAt + 7 * DAY,
        isComplete,
        figure: figure(numerator),
        lastYear: index < 4 ? figure(0, 'no_data') : figure(Math.round(numerator * 0.9)),
      }
    }
    const series = (id: string, nameZh: string, nameEn: string, unit: 'tickets' | 'percent', direction: 'up' | 'down', basis: string) => ({
      id,
      nameZh,
      nameEn,
      formulaZh: `${nameZh}的口径说明`,
      formulaEn: `Definition of ${nameEn}`,
      unit,
      direction,
      basis,
      thresholds: unit === 'percent' ? { target: 93, warn: 93, alarm: 90 } : null,
      weeks: Array.from({ length: 13 }, (_, index) => week(index, unit)),
    })
    return {
      regionCode: node?.code ?? '00',
      regionNameZh: node?.nameZh ?? '',
      regionNameEn: node?.nameEn ?? '',
      zone: 'Asia/Shanghai',
      dataAsOf: this.now(),
      regions: this.regions.filter((other) => other.level !== 'city'),
      series: [
        series('K-01', '投诉量', 'Complaint volume', 'tickets', 'down', 'ACC'),
        series('K-18', '投诉处理及时率', 'Handled in time (net)', 'percent', 'up', 'FIN'),
        series('K-22', '在途量', 'Open tickets', 'tickets', 'down', 'SNAP'),
      ],
    }
  }

  #json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
  }

  #refuse(response: ServerResponse, status: number, code: string, more: object = {}): void {
    this.#json(response, status, { error: { code, messageZh: code, messageEn: code, ...more } })
  }

  async #body(request: IncomingMessage): Promise<Record<string, unknown>> {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (!url.pathname.startsWith('/api/v1')) return this.#page(url.pathname, response)
    const path = `${request.method} ${url.pathname.slice(7)}`
    if (path === 'GET /me') {
      return this.#json(response, 200, {
        kind: 'user',
        id: 'u1',
        login: 'demo',
        displayName: '王敏',
        role: this.role,
        regionCode: '00',
        regionNameZh: '集团',
        regionNameEn: 'Group',
        csrfToken: 't',
        isDemo: true,
        serverTime: this.now(),
      })
    }
    if (path === 'GET /wall') return this.#json(response, 200, this.snapshot())
    if (path === 'GET /regions') return this.#json(response, 200, { items: this.regions })
    if (path === 'GET /kpi') return this.#json(response, 200, this.#kpi(url.searchParams.get('region') ?? '00'))
    if (path === 'GET /alerts')
      return this.#json(response, 200, {
        items: [...this.alerts.values()].filter((card) => card.state === 'resolved'),
        asOf: this.now(),
        seq: this.seq,
      })
    const one = /^(GET|POST) \/alerts\/(\d+)(\/moves)?$/.exec(path)
    const card = one?.[2] === undefined ? undefined : this.alerts.get(one[2])
    if (one && !card) return this.#refuse(response, 404, 'not_found')
    if (one?.[1] === 'GET' && card) return this.#json(response, 200, this.#detail(card))
    if (one && card) {
      const { move } = await this.#body(request)
      if (move === 'ack' && !card.needsAck) return this.#refuse(response, 409, 'already_acknowledged', { by: card.ackedByName, at: card.ackedAt })
      if (move === 'ack')
        this.raise({ id: card.id, state: 'acknowledged', needsAck: false, ackedAt: this.now(), ackedByName: '王敏', nextDueWhat: 'handle' })
      if (move === 'resolve') this.raise({ id: card.id, state: 'resolved', nextDueAt: null, nextDueWhat: null })
      return this.#json(response, 200, this.#detail(this.alerts.get(card.id) ?? card))
    }
    if (['GET /wall-devices', 'GET /users', 'GET /api-keys'].includes(path)) return this.#json(response, 200, { items: [] })
    return this.#refuse(response, 404, 'not_found')
  }

  #page(path: string, response: ServerResponse): void {
    const file = join(this.webDir, path)
    const isFile = existsSync(file) && statSync(file).isFile()
    const served = isFile ? file : join(this.webDir, 'index.html')
    response.writeHead(200, { 'content-type': TYPES[extname(served)] ?? 'application/octet-stream' })
    createReadStream(served).pipe(response)
  }

  async listen(port = 0): Promise<string> {
    this.io.on('connection', (socket) => {
      socket.on('resume', (after: number, answer: (result: unknown) => void) =>
        answer({ kind: 'rows', rows: this.feed.filter((row) => row.seq > after) }),
      )
      socket.on('received', (id: string) => this.received.push(id))
      this.#beat()
    })
    this.#timers.push(setInterval(() => this.#beat(), 1_000))
    await new Promise<void>((resolve) => this.http.listen(port, '127.0.0.1', resolve))
    const address = this.http.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`
  }

  #beat(): void {
    if (this.isBeating)
      this.io.emit('beat', { version: LIVE_VERSION, serverTime: this.now(), lastSeq: this.seq, engineBeatAt: this.engineBeatAt ?? this.now() })
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.io.close()
    this.http.closeAllConnections()
  }
}
