import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ConfigError, loadConfig, resolveSecret } from '../../core/platform/config.ts'
import { VARIABLES, variableTable } from '../../core/platform/variables.ts'
import type { VariableName } from '../../core/platform/variables.ts'

const PROJECT = path.resolve(import.meta.dirname, '../..')
const SECRET = 's'.repeat(32)
const PRODUCTION = { DATABASE_URL: 'postgres://a:b@db:5432/tocsin', TOCSIN_SECRET: SECRET }

const faultsOf = (env: Record<string, string | undefined>) => {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

describe('the configuration', () => {
  it('is complete without a single variable, and serves this machine only', () => {
    expect(loadConfig({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      dataDir: path.resolve('.tocsin'),
      databaseUrl: null,
      redisUrl: null,
      zone: 'Asia/Shanghai',
      secret: null,
      hashKeys: null,
      adminPassword: null,
      logLevel: 'info',
      webhookAllow: [],
      pushHosts: ['fcm.googleapis.com', '*.push.services.mozilla.com', '*.notify.windows.com', '*.push.apple.com'],
      publicUrl: null,
      regionsFile: path.join(PROJECT, 'config/regions.cn.csv'),
      trustProxy: false,
      cookieSecure: 'auto',
      ingestWorkers: 1,
      shape: 'embedded',
      unknown: [],
    })
  })

  it('takes every variable', () => {
    const config = loadConfig({
      ...PRODUCTION,
      PORT: '0',
      HOST: '0.0.0.0',
      TOCSIN_DATA_DIR: '/srv/tocsin',
      REDIS_URL: 'rediss://:pw@cache:6380/2',
      TOCSIN_ZONE: 'Europe/Berlin',
      TOCSIN_HASH_KEYS: `k1:, k2:${SECRET}`,
      TOCSIN_ADMIN_PASSWORD: 'twelve chars',
      TOCSIN_LOG: 'debug',
      TOCSIN_PUSH_HOSTS: 'push.example, http://push.intranet:8080',
      TOCSIN_WEBHOOK_ALLOW: ' 10.1.0.0/16, 192.168.8.20 ,fd00::/8',
      TOCSIN_PUBLIC_URL: 'https://tocsin.example/',
      TOCSIN_REGIONS: '/srv/regions.csv',
      TOCSIN_TRUST_PROXY: '10.0.0.0/8',
      TOCSIN_COOKIE_SECURE: 'true',
      TOCSIN_INGEST_WORKERS: '16',
    })
    expect(config).toEqual({
      port: 0,
      host: '0.0.0.0',
      dataDir: '/srv/tocsin',
      databaseUrl: PRODUCTION.DATABASE_URL,
      redisUrl: 'rediss://:pw@cache:6380/2',
      zone: 'Europe/Berlin',
      secret: Buffer.from(SECRET),
      hashKeys: [
        { id: 'k1', secret: null },
        { id: 'k2', secret: SECRET },
      ],
      adminPassword: 'twelve chars',
      logLevel: 'debug',
      webhookAllow: ['10.1.0.0/16', '192.168.8.20/32', 'fd00::/8'],
      pushHosts: ['push.example', 'http://push.intranet:8080'],
      publicUrl: 'https://tocsin.example',
      regionsFile: '/srv/regions.csv',
      trustProxy: ['10.0.0.0/8'],
      cookieSecure: 'true',
      ingestWorkers: 16,
      shape: 'production',
      unknown: [],
    })
  })

  it('counts an empty variable as unset, as compose files pass them on', () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ' ']))
    expect(loadConfig(empty)).toEqual(loadConfig({}))
  })

  it('cannot be changed afterwards', () => {
    const config = loadConfig({ TOCSIN_WEBHOOK_ALLOW: '10.0.0.1' })
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError)
    expect(() => config.webhookAllow.push('0.0.0.0/0')).toThrow(TypeError)
  })

  it.each<[VariableName, string[], string[]]>([
    ['PORT', ['0', '65535'], ['65536', '-1', '80.5', 'http', '1e3', '0x50', '99999999999']],
    ['HOST', ['localhost', '::1', '0.0.0.0', 'tocsin.example'], ['http://x', 'a b', '-x', 'x-', '/tmp/socket']],
    ['DATABASE_URL', ['postgresql://db/x'], ['mysql://db/x', 'db', 'http://db']],
    ['REDIS_URL', ['redis://cache', 'rediss://cache'], ['cache:6379', 'http://cache']],
    ['TOCSIN_ZONE', ['UTC', 'asia/shanghai', 'America/New_York'], ['+08:00', 'Asia/Shanghia', 'CST8']],
    ['TOCSIN_SECRET', ['x'.repeat(32)], ['x'.repeat(31)]],
    [
      'TOCSIN_HASH_KEYS',
      ['k1:', `k2026:${'x'.repeat(32)}`, `k1:,k2:${'x'.repeat(32)}`, `a:${'x'.repeat(32)},b:${'y:'.repeat(16)}`],
      [
        'k1',
        'k2:',
        `k2:${'x'.repeat(31)}`,
        `K2:${'x'.repeat(32)}`,
        `${'k'.repeat(17)}:${'x'.repeat(32)}`,
        `k2:${'x '.repeat(16)}`,
        `k2:${'x'.repeat(32)},k2:${'y'.repeat(32)}`,
        `k2:${'x'.repeat(32)},k3:${'x'.repeat(32)}`,
        `k1:,k2:${'x'.repeat(32)},k3:${'y'.repeat(32)}`,
        `k1:,`,
      ],
    ],
    ['TOCSIN_ADMIN_PASSWORD', ['x'.repeat(12), '十二个汉字组成的一句口令'], ['x'.repeat(11), '😀'.repeat(6)]],
    ['TOCSIN_LOG', ['trace', 'silent'], ['INFO', 'verbose']],
    ['TOCSIN_PUBLIC_URL', ['https://tocsin.example', 'http://10.0.0.1:8080/x'], ['tocsin.example', 'ftp://x', 'https://u:p@x/', 'https://x/?a=1']],
    ['TOCSIN_PUSH_HOSTS', ['fcm.googleapis.com', '*.example', 'https://a.example:8443'], ['*', 'a b', 'ftp://x', 'https://x/path']],
    ['TOCSIN_WEBHOOK_ALLOW', ['10.0.0.0/8', '::1', ','], ['10.0.0.0/33', 'intranet', '10', '10.0.0.0/8;::1']],
    ['TOCSIN_TRUST_PROXY', ['true', 'false', '127.0.0.1,10.0.0.0/8'], ['yes', '1', 'loopback']],
    ['TOCSIN_COOKIE_SECURE', ['auto', 'false'], ['on', 'TRUE']],
    ['TOCSIN_INGEST_WORKERS', ['1', '16'], ['0', '17', 'two']],
  ])('%s takes %j and refuses %j', (name, good, bad) => {
    for (const text of good) expect(faultsOf({ ...PRODUCTION, [name]: text }), text).toEqual([])
    for (const text of bad)
      expect(
        faultsOf({ ...PRODUCTION, [name]: text }).map((fault) => fault.name),
        text,
      ).toEqual([name])
  })

  it('reports every fault at once, with what was given, what was expected and what to do, in both languages', () => {
    const env = { PORT: 'http', TOCSIN_ZONE: '+08:00', REDIS_URL: 'redis://cache', TOCSIN_LOG: 'loud', TOCSIN_SECRET: 'short' }
    expect(faultsOf(env).map(({ name, given }) => [name, given])).toEqual([
      ['PORT', '"http"'],
      ['TOCSIN_ZONE', '"+08:00"'],
      ['TOCSIN_SECRET', '（5 个字符 / 5 characters）'],
      ['TOCSIN_LOG', '"loud"'],
      ['DATABASE_URL', null],
    ])
    const { message } = new ConfigError(faultsOf(env))
    expect(message).toContain('配置有 5 处错误')
    expect(message).toContain('PORT：给定 "http"；应为0 到 65535 的整数。请改正，或删除以使用默认值“8080”。')
    expect(message).toContain('PORT: given "http"; expected an integer from 0 to 65535. Correct it, or remove it for the default "8080".')
    expect(message).toContain('REDIS_URL needs DATABASE_URL')
  })

  it('shows no secret in a fault', () => {
    const faults = faultsOf({
      DATABASE_URL: 'postgres//tocsin:hunter2@db',
      REDIS_URL: 'cache:hunter2',
      TOCSIN_SECRET: 'hunter2',
      TOCSIN_ADMIN_PASSWORD: 'hunter2',
    })
    expect(faults).toHaveLength(4)
    expect(new ConfigError(faults).message).not.toContain('hunter2')
  })

  it('wants the same secret of every process in the production shape', () => {
    expect(faultsOf({ DATABASE_URL: PRODUCTION.DATABASE_URL }).map(({ name }) => name)).toEqual(['TOCSIN_SECRET'])
    expect(loadConfig(PRODUCTION).shape).toBe('production')
  })

  it('names variables that are most likely misspelt, and not those that Kubernetes and the tests set', () => {
    expect(
      loadConfig({
        TOCSIN_ZON: 'UTC',
        TOCSIN_SERVICE_HOST: '10.0.0.1',
        TOCSIN_PORT: 'tcp://10.0.0.1:8080',
        TOCSIN_PORT_8080_TCP_ADDR: '10.0.0.1',
        TOCSIN_TEST_DATABASE_URL: 'x',
      }).unknown,
    ).toEqual(['TOCSIN_ZON'])
  })
})

describe('docs/configuration.md and .env.example', () => {
  it.each(['zh', 'en'] as const)('hold the table of all variables as the program knows them (%s)', (language) => {
    expect(readFileSync(path.join(PROJECT, 'docs/configuration.md'), 'utf8')).toContain(`\n${variableTable(language)}\n`)
  })

  it('name each variable once, with its default', () => {
    const lines = readFileSync(path.join(PROJECT, '.env.example'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('# ') && line.includes('='))
    const examples = lines.map((line) => line.slice(2).split('=', 2) as [VariableName, string])
    expect(examples.map(([name]) => name)).toEqual(Object.keys(VARIABLES))
    for (const [name, text] of examples) if (VARIABLES[name].fallback !== null) expect(text, name).toBe(VARIABLES[name].fallback)
    expect(faultsOf({ ...Object.fromEntries(examples), TOCSIN_SECRET: SECRET })).toEqual([])
  })
})

describe('the secret', () => {
  const folders: string[] = []
  const newFolder = () => {
    const folder = mkdtempSync(path.join(tmpdir(), `tocsin-test-${process.pid}-secret-`))
    folders.push(folder)
    return folder
  }
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  it('is the configured one where there is one', async () => {
    expect(await resolveSecret({ secret: Buffer.from(SECRET), dataDir: '/nowhere' })).toBe(SECRET)
  })

  it('is made once, kept for later starts, and readable for its owner only', async () => {
    const dataDir = path.join(newFolder(), 'not', 'there', 'yet')
    const secret = await resolveSecret({ secret: null, dataDir })
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(await resolveSecret({ secret: null, dataDir })).toBe(secret)
    expect(statSync(path.join(dataDir, 'secret')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['secret'])
  })

  it('is the same for processes that start together', async () => {
    const dataDir = newFolder()
    expect(new Set(await Promise.all(Array.from({ length: 16 }, () => resolveSecret({ secret: null, dataDir })))).size).toBe(1)
    expect(readdirSync(dataDir)).toEqual(['secret'])
  })

  it('is closed to others again when its file was opened to them', async () => {
    const dataDir = newFolder()
    writeFileSync(path.join(dataDir, 'secret'), SECRET, { mode: 0o644 })
    expect(await resolveSecret({ secret: null, dataDir })).toBe(SECRET)
    expect(statSync(path.join(dataDir, 'secret')).mode & 0o777).toBe(0o600)
  })

  it('is refused when its file is damaged, rather than replaced', async () => {
    const dataDir = newFolder()
    writeFileSync(path.join(dataDir, 'secret'), '')
    await expect(resolveSecret({ secret: null, dataDir })).rejects.toMatchObject({ code: 'secret', message: expect.stringContaining('32') })
    expect(readFileSync(path.join(dataDir, 'secret'), 'utf8')).toBe('')
  })
})
