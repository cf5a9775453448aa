import { spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { ManualClock, systemClock } from '../../core/platform/clock.ts'
import { isUnavailable, parseBigint, parseInstant } from '../../core/platform/database.ts'
import { createLifecycle } from '../../core/platform/lifecycle.ts'
import { createLogger, scrubLine } from '../../core/platform/log.ts'

function listen(level: Parameters<typeof createLogger>[0] = 'info') {
  const lines: string[] = []
  return { lines, log: createLogger(level, { write: (line: string) => void lines.push(line) }) }
}

describe('a clock', () => {
  it('stands still until it is moved, forwards or backwards', () => {
    const clock = new ManualClock(1000)
    expect([clock.now(), clock.now(), clock.advance(500), clock.now()]).toEqual([1000, 1000, 1500, 1500])
    clock.set(10)
    expect(clock.now()).toBe(10)
  })

  it('of the machine tells milliseconds since 1970', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
  })
})

describe('a log line', () => {
  it("carries no secret, at any depth, by name, in a URL, in a child's bindings or in an error", () => {
    const { log, lines } = listen()
    log.info({ user: { password: 'hunter2', deep: [{ apiKey: 'hunter2', sessionToken: 'hunter2', n: 5 }] } }, 'signed in')
    log.info({ headers: { cookie: 'sid=hunter2', authorization: 'Bearer hunter2', accept: 'x' }, url: '/wall?token=hunter2&region=44' })
    log.child({ secret: 'hunter2' }).warn('connecting to postgres://tocsin:hunter2@db/tocsin and redis://:hunter2@cache')
    log.error(Object.assign(new Error('no route to postgres://tocsin:hunter2@db'), { config: { password: 'hunter2' } }))
    expect(lines).toHaveLength(4)
    expect(lines.join('')).not.toContain('hunter2')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'signed in', user: { deep: [{ n: 5 }] } })
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ headers: { accept: 'x' }, url: '/wall?token=[hidden]&region=44' })
    expect(lines[2]).toContain('postgres://tocsin:[hidden]@db/tocsin')
  })

  it('carries no clear mobile number, and leaves other numbers alone', () => {
    const { log, lines } = listen()
    log.info(
      { at: 1_763_800_000_000, phone: 13_812_345_678, ticket: 'T20261122000013812345678', ms: 12.13812345678 },
      'call +8613912345678, 015012345678',
    )
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      at: 1_763_800_000_000,
      phone: '138********',
      ticket: 'T20261122000013812345678',
      ms: 12.13812345678,
      msg: 'call 139********, 015012345678',
    })
  })

  test.prop([fc.jsonValue()])('stays the JSON that it was when nothing in it is secret', (value) => {
    const line = `${JSON.stringify({ level: 30, msg: 'x', value })}\n`
    fc.pre(!/pass|secret|token|cookie|auth|api|sign|:\/\/|\d{11}|[?&]/i.test(line))
    expect(scrubLine(line)).toBe(line)
  })

  it('is left out below the level', () => {
    const { log, lines } = listen('warn')
    log.info('x')
    log.warn('y')
    expect(lines).toHaveLength(1)
  })
})

describe('what PostgreSQL writes', () => {
  it.each([
    ['1970-01-01 00:00:00+00', 0],
    ['2026-01-02 03:04:05.678901+08', Date.UTC(2026, 0, 1, 19, 4, 5, 678)],
    ['2026-01-02 03:04:05.6+05:30', Date.UTC(2026, 0, 1, 21, 34, 5, 600)],
    ['2026-01-02 03:04:05-03', Date.UTC(2026, 0, 2, 6, 4, 5)],
    ['1900-01-01 00:00:00+08:05:43', Date.UTC(1899, 11, 31, 15, 54, 17)],
    ['infinity', Number.POSITIVE_INFINITY],
    ['-infinity', Number.NEGATIVE_INFINITY],
  ])('as the instant %s is read as %d', (text, instant) => {
    expect(parseInstant(text)).toBe(instant)
  })

  it.each(['0044-03-15 00:00:00+00 BC', '2026-01-02 03:04:05', 'Fri Jan 02 2026', ''])('as %j is not taken for an instant', (text) => {
    expect(() => parseInstant(text)).toThrow(RangeError)
  })

  test.prop([fc.date({ min: new Date('1000-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })])(
    'is read back to the millisecond',
    (date) => {
      expect(parseInstant(date.toISOString().replace('T', ' ').replace('Z', '+00'))).toBe(date.getTime())
    },
  )

  it('as a bigint is a number where a number can hold it', () => {
    expect([parseBigint('9007199254740991'), parseBigint('-5'), parseBigint('9007199254740993')]).toEqual([
      9_007_199_254_740_991,
      -5,
      '9007199254740993',
    ])
  })
})

describe('a database error', () => {
  const coded = (code: string, extra: object = {}) => Object.assign(new Error('x'), { code }, extra)
  it.each([
    [coded('ECONNREFUSED'), true],
    [coded('ECONNRESET'), true],
    [coded('57P01'), true],
    [coded('57P03'), true],
    [coded('08006'), true],
    [coded('53300'), true],
    [coded('53100'), true],
    [coded('25006'), true],
    [coded('ENOENT', { syscall: 'connect' }), true],
    [new Error('Connection terminated unexpectedly'), true],
    [new Error('timeout exceeded when trying to connect'), true],
    [new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), true],
    [coded('ENOENT', { syscall: 'open' }), false],
    [coded('23505'), false],
    [coded('57014'), false],
    [coded('40001'), false],
    [new Error('x'), false],
    ['57P01', false],
    [new AggregateError([]), false],
  ])('%o means "later": %s', (error, expected) => {
    expect(isUnavailable(error)).toBe(expected)
  })
})

describe('the end of a process', () => {
  it('stops its parts in reverse order, each once', async () => {
    const { log } = listen('silent')
    const lifecycle = createLifecycle(log)
    const stopped: string[] = []
    for (const name of ['database', 'queue', 'server'])
      lifecycle.add(name, async () => {
        await sleep(10)
        stopped.push(name)
      })
    await Promise.all([lifecycle.stop('test'), lifecycle.stop('again')])
    expect(stopped).toEqual(['server', 'queue', 'database'])
  })

  it('goes on past a part that fails or hangs, and reaches the last one within 5 s', async () => {
    const { log, lines } = listen('error')
    const lifecycle = createLifecycle(log)
    const stopped: string[] = []
    lifecycle.add('database', async () => void stopped.push('database'))
    for (const name of ['one', 'two', 'three']) lifecycle.add(name, () => new Promise(() => undefined))
    lifecycle.add('broken', () => {
      throw new Error('no')
    })
    const startedAt = performance.now()
    await lifecycle.stop('test')
    expect(performance.now() - startedAt).toBeLessThan(5000)
    expect(stopped).toEqual(['database'])
    expect(lines.map((line) => (JSON.parse(line) as { part: string }).part)).toEqual(['broken', 'three', 'two', 'one'])
  }, 10_000)

  it('stops a part that was still starting when the end began', async () => {
    const lifecycle = createLifecycle(listen('silent').log)
    const stopping = lifecycle.stop('test')
    const late = new Promise<void>((resolve) => lifecycle.add('late', async () => resolve()))
    await Promise.all([stopping, late])
  })

  it.each([
    ['SIGTERM', 0],
    ['SIGINT', 0],
    ['an uncaught error', 1],
  ] as const)('comes in order on %s, with exit code %d', async (cause, code) => {
    const source = (file: string) => pathToFileURL(path.resolve(import.meta.dirname, '../../core/platform', file)).href
    const child = spawn(
      process.execPath,
      [
        '--import',
        import.meta.resolve('tsx'),
        '--input-type=module',
        '-e',
        `
      import { createLifecycle, runUntilSignal } from '${source('lifecycle.ts')}'
      import { createLogger } from '${source('log.ts')}'
      const lifecycle = createLifecycle(createLogger('silent'))
      lifecycle.add('part', async () => { await new Promise((resolve) => setTimeout(resolve, 50)); process.stdout.write('stopped') })
      runUntilSignal(lifecycle)
      setInterval(() => {}, 1000)
      process.stdout.write('ready,')
      ${cause === 'an uncaught error' ? "setTimeout(() => { throw new Error('oops') }, 10)" : ''}`,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said === 'ready,' && cause !== 'an uncaught error') child.kill(cause)
    })
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(code)
    expect(said).toBe('ready,stopped')
  })
})
