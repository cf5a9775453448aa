import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Zone } from '../domain/time.ts'
import { placeFile } from './data-dir.ts'
import type { LogLevel } from './log.ts'
import { StartupError } from './startup-error.ts'
import type { Bilingual } from './startup-error.ts'
import { Unfit, VARIABLES } from './variables.ts'
import type { GivenHashKey, Variable, VariableName } from './variables.ts'

/** What a process was told at its start; read-only. docs/configuration.md says what each field is for. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Absolute path. */
  readonly dataDir: string
  readonly databaseUrl: string | null
  readonly redisUrl: string | null
  readonly zone: Zone
  /** Null until {@link resolveSecret} when the deployment gave none. */
  readonly secret: Buffer | null
  /** Null when the deployment gave none: then `k1`, derived from the secret. */
  readonly hashKeys: readonly GivenHashKey[] | null
  readonly adminPassword: string | null
  readonly logLevel: LogLevel
  /** CIDRs, single addresses as /32 or /128. */
  readonly webhookAllow: string[]
  /** Push services of browsers that may be called. */
  readonly pushHosts: string[]
  /** Without a slash at the end; null when the deployment does not know it. */
  readonly publicUrl: string | null
  /** Absolute path. */
  readonly regionsFile: string
  /** As Fastify's `trustProxy`: all, none, or the networks of the proxies. */
  readonly trustProxy: boolean | string[]
  readonly cookieSecure: 'auto' | 'true' | 'false'
  readonly ingestWorkers: number
  readonly shape: 'embedded' | 'production'
  /** TOCSIN_… names in the environment that Tocsin does not know: most likely misspelt. */
  readonly unknown: string[]
}

/** One variable that cannot be used: what was given (secrets only by their length), what was expected, what to do. */
export interface ConfigFault {
  name: VariableName
  given: string | null
  expected: Bilingual
  mend: Bilingual
}

/** All faults of the environment at once. */
export class ConfigError extends StartupError {
  override readonly name = 'ConfigError'
  readonly faults: ConfigFault[]

  constructor(faults: ConfigFault[]) {
    const zh = faults.map((fault) => `\n  ${fault.name}：给定 ${fault.given ?? '（未设）'}；应为${fault.expected.zh}。${fault.mend.zh}`)
    const en = faults.map((fault) => `\n  ${fault.name}: given ${fault.given ?? '(unset)'}; expected ${fault.expected.en}. ${fault.mend.en}`)
    super(
      'config',
      { zh: `配置有 ${faults.length} 处错误：${zh.join('')}`, en: `${faults.length} fault(s) in the configuration:${en.join('')}` },
      { zh: '各变量见 docs/configuration.md。', en: 'All variables: docs/configuration.md.' },
    )
    this.faults = faults
  }
}

/** The environment of this process. The only place where process.env is read. */
export function readEnvironment(): Environment {
  return process.env
}

const shown = (definition: Variable<unknown>, text: string) =>
  definition.isSecret === true ? `（${text.length} 个字符 / ${text.length} characters）` : JSON.stringify(text)

// Kubernetes and Docker describe a service named "tocsin" to every container of its network by names of this form.
const SERVICE_LINK = /_(SERVICE_(HOST|PORT)|PORT|PORT_\d+_(TCP|UDP)|ENV|NAME)(_|$)/

/** Names of variables that the tests, their scripts (bin/ci) and docker-compose.yml read and the product does not. */
const TEST_NAMES = new Set([
  'TOCSIN_TEST_DATABASE_URL',
  'TOCSIN_TEST_REDIS_URL',
  'TOCSIN_CHROMIUM',
  'TOCSIN_DEBIAN_MIRROR',
  'TOCSIN_TIMESCALE_IMAGE',
  'TOCSIN_REDIS_IMAGE',
  'TOCSIN_PUBLISH',
])

type Environment = Record<string, string | undefined>
type Values = { [N in VariableName]: ReturnType<(typeof VARIABLES)[N]['read']> }

const isSet = (env: Environment, name: VariableName) => Boolean(env[name]?.trim())

function readVariable<T>(env: Environment, name: VariableName, definition: Variable<T>, faults: ConfigFault[]): T | null {
  const text = env[name]?.trim() || definition.fallback
  if (text === null) return null
  try {
    return definition.read(text)
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    const mend = !definition.fallback
      ? { zh: '请改正或删除该变量。', en: 'Correct it or remove it.' }
      : { zh: `请改正，或删除以使用默认值“${definition.fallback}”。`, en: `Correct it, or remove it for the default "${definition.fallback}".` }
    faults.push({ name, given: shown(definition, text), expected: definition.expected, mend })
    return null
  }
}

function shapeFaults(env: Environment): ConfigFault[] {
  const faults: ConfigFault[] = []
  const missing = (name: VariableName, mend: Bilingual) => faults.push({ name, given: null, expected: VARIABLES[name].expected, mend })
  if (isSet(env, 'REDIS_URL') && !isSet(env, 'DATABASE_URL')) {
    missing('DATABASE_URL', {
      zh: '设置了 REDIS_URL 就必须设置 DATABASE_URL：内置形态的队列在数据库里。',
      en: 'REDIS_URL needs DATABASE_URL: the embedded shape keeps its queue in the database.',
    })
  }
  if (isSet(env, 'DATABASE_URL') && !isSet(env, 'TOCSIN_SECRET')) {
    missing('TOCSIN_SECRET', {
      zh: '生产形态必须设置，且各进程一致；可用 openssl rand -hex 32 生成。',
      en: 'Production needs it, the same in every process; openssl rand -hex 32 makes one.',
    })
  }
  return faults
}

const strangers = (env: Environment) =>
  Object.keys(env).filter((name) => name.startsWith('TOCSIN_') && !(name in VARIABLES) && !TEST_NAMES.has(name) && !SERVICE_LINK.test(name))

/**
 * Reads the environment into a frozen configuration; an empty variable counts as unset.
 * @throws ConfigError naming every fault at once.
 */
export function loadConfig(env: Environment): Config {
  const faults: ConfigFault[] = []
  // Values of variables without a default may be null; the fields below say so where they pass them on.
  const value = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, definition]) => [name, readVariable<unknown>(env, name as VariableName, definition, faults)]),
  ) as Values
  faults.push(...shapeFaults(env))
  if (faults.length > 0) throw new ConfigError(faults)
  const secret = value.TOCSIN_SECRET as string | null
  return Object.freeze({
    port: value.PORT,
    host: value.HOST,
    dataDir: value.TOCSIN_DATA_DIR,
    databaseUrl: value.DATABASE_URL,
    redisUrl: value.REDIS_URL,
    zone: value.TOCSIN_ZONE,
    secret: secret === null ? null : Buffer.from(secret),
    hashKeys: Object.freeze(value.TOCSIN_HASH_KEYS),
    adminPassword: value.TOCSIN_ADMIN_PASSWORD,
    logLevel: value.TOCSIN_LOG,
    webhookAllow: Object.freeze(value.TOCSIN_WEBHOOK_ALLOW) as string[],
    pushHosts: Object.freeze(value.TOCSIN_PUSH_HOSTS) as string[],
    publicUrl: value.TOCSIN_PUBLIC_URL as string | null,
    regionsFile: value.TOCSIN_REGIONS,
    trustProxy: Object.freeze(value.TOCSIN_TRUST_PROXY) as boolean | string[],
    cookieSecure: value.TOCSIN_COOKIE_SECURE,
    ingestWorkers: value.TOCSIN_INGEST_WORKERS,
    shape: isSet(env, 'DATABASE_URL') ? 'production' : 'embedded',
    unknown: Object.freeze(strangers(env)) as string[],
  })
}

/**
 * The deployment's secret: the configured one, else the one kept in `dataDir/secret` (mode 0600), which is made at the first start.
 * Two processes that start together end with the same secret.
 * @throws StartupError when the kept secret is too short to be one.
 */
export async function resolveSecret(config: Pick<Config, 'secret' | 'dataDir'>): Promise<string> {
  if (config.secret !== null) return config.secret.toString()
  const file = path.join(config.dataDir, 'secret')
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept === null) await placeFile(file, `${randomBytes(32).toString('hex')}\n`)
  else await chmod(file, 0o600)
  const secret = (kept ?? (await readFile(file, 'utf8'))).trim()
  if (secret.length >= 32) return secret
  throw new StartupError(
    'secret',
    { zh: `${file} 不足 32 个字符`, en: `${file} holds fewer than 32 characters` },
    {
      zh: '请从备份恢复该文件；若从未使用过，可删除后重新启动（已有的散列与会话将失效）。',
      en: 'Restore it from a backup; if it was never used, delete it and start again (existing hashes and sessions become void).',
    },
  )
}
