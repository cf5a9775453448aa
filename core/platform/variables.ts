import path from 'node:path'
import ipaddr from 'ipaddr.js'
import { LOG_LEVELS } from './log.ts'
import { PUSH_HOSTS } from './push-endpoint.ts'
import type { LogLevel } from './log.ts'
import type { Bilingual } from './startup-error.ts'

/** Thrown by a variable's `read` when the text is not what was expected. */
export class Unfit extends Error {}

/** One environment variable: its text when unset, how it is read, and what the operator is told about it. */
export interface Variable<T> {
  /** The text used when the variable is unset or empty; null when being unset means something of its own. */
  fallback: string | null
  /** Never shown in full: neither in a fault nor in a log. */
  isSecret?: boolean
  read(text: string): T
  purpose: Bilingual
  expected: Bilingual
}

const variable = <T>(definition: Variable<T>): Variable<T> => definition

function integer(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= low && value <= high)) throw new Unfit()
    return value
  }
}

function oneOf<const T extends readonly string[]>(words: T): (text: string) => T[number] {
  return (text) => {
    if (!words.includes(text)) throw new Unfit()
    return text
  }
}

function url(...schemes: string[]): (text: string) => string {
  return (text) => {
    if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol)) throw new Unfit()
    return text
  }
}

function atLeast(length: number): (text: string) => string {
  return (text) => {
    if ([...text].length < length) throw new Unfit()
    return text
  }
}

function networks(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      if (ipaddr.isValidCIDR(item)) return item
      if (!ipaddr.isValid(item) || !/[.:]/.test(item)) throw new Unfit()
      return `${item}/${ipaddr.parse(item).kind() === 'ipv4' ? 32 : 128}`
    })
}

function pushHosts(text: string): string[] {
  const hosts = text.split(',').map((item) => item.trim().toLowerCase()).filter((item) => item !== '')
  for (const host of hosts) {
    const isOrigin = /^https?:\/\//.test(host) && URL.canParse(host) && new URL(host).origin === host
    if (!isOrigin && !/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host)) throw new Unfit()
  }
  return hosts
}

function zone(text: string): string {
  if (!/^[A-Za-z]/.test(text)) throw new Unfit()
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw new Unfit()
  }
}

function host(text: string): string {
  if (!ipaddr.isValid(text) && !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)) throw new Unfit()
  return text
}

function publicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') throw new Unfit()
  return url.href.replace(/\/+$/, '')
}

function trustedProxies(text: string): boolean | string[] {
  return text === 'true' || text === 'false' ? text === 'true' : networks(text)
}

/** A key of number hashes; a secret of null is the one derived from TOCSIN_SECRET. */
export interface GivenHashKey {
  readonly id: string
  readonly secret: string | null
}

const SHORTEST_SECRET = 32
/** The only id that may stand without a secret: it names the key derived from TOCSIN_SECRET. */
const OWN_KEY = 'k1'

function hashKeys(text: string): readonly GivenHashKey[] {
  const keys = text.split(',').map((item) => {
    const [, id = '', secret = ''] = /^([a-z0-9]{1,16}):(\S*)$/.exec(item.trim()) ?? []
    if (id === '' || (secret === '' ? id !== OWN_KEY : [...secret].length < SHORTEST_SECRET)) throw new Unfit()
    return { id, secret: secret === '' ? null : secret }
  })
  const isEachOnce = new Set(keys.map(({ id }) => id)).size === keys.length && new Set(keys.map(({ secret }) => secret)).size === keys.length
  if (keys.length > 2 || !isEachOnce) throw new Unfit()
  return keys
}

const PROJECT = path.resolve(import.meta.dirname, '../..')

/** Every variable that Tocsin reads, in the order of docs/configuration.md. */
export const VARIABLES = {
  PORT: variable<number>({
    fallback: '8080',
    read: integer(0, 65_535),
    purpose: { zh: '网页与接口的端口；0 表示任取一个空闲端口', en: 'Port of the pages and the API; 0 takes any free one' },
    expected: { zh: '0 到 65535 的整数', en: 'an integer from 0 to 65535' },
  }),
  HOST: variable<string>({
    fallback: '127.0.0.1',
    read: host,
    purpose: {
      zh: '监听地址；只供本机访问时保持默认，容器中设为 0.0.0.0',
      en: 'Address to listen on; the default serves this machine only, containers set 0.0.0.0',
    },
    expected: { zh: 'IP 地址或主机名', en: 'an IP address or a host name' },
  }),
  TOCSIN_DATA_DIR: variable<string>({
    fallback: '.tocsin',
    read: (text) => path.resolve(text),
    purpose: {
      zh: '数据目录：内置数据库、密钥、文件（相对路径以启动目录为准）',
      en: 'Folder of the embedded database, the secret and files (a relative path starts at the working directory)',
    },
    expected: { zh: '文件夹路径', en: 'the path of a folder' },
  }),
  DATABASE_URL: variable<string>({
    fallback: null,
    isSecret: true,
    read: url('postgres:', 'postgresql:'),
    purpose: {
      zh: '外部 PostgreSQL／TimescaleDB；设置后即为生产形态，不设则使用内置数据库',
      en: 'External PostgreSQL or TimescaleDB; set = production shape, unset = embedded database',
    },
    expected: { zh: 'postgres://用户:密码@主机:5432/库名', en: 'postgres://user:password@host:5432/database' },
  }),
  REDIS_URL: variable<string>({
    fallback: null,
    isSecret: true,
    read: url('redis:', 'rediss:'),
    purpose: {
      zh: 'Redis／Valkey 队列与推送；不设则队列用 PostgreSQL（须同时设置 DATABASE_URL）',
      en: 'Redis or Valkey for queue and fan-out; unset = queue on PostgreSQL (needs DATABASE_URL)',
    },
    expected: { zh: 'redis://[:密码@]主机:6379[/库号]', en: 'redis://[:password@]host:6379[/number]' },
  }),
  TOCSIN_ZONE: variable<string>({
    fallback: 'Asia/Shanghai',
    read: zone,
    purpose: { zh: '切分日、周、月所用的时区', en: 'Zone in which days, weeks and months are cut' },
    expected: { zh: 'IANA 时区名，如 Asia/Shanghai', en: 'an IANA zone, for example Asia/Shanghai' },
  }),
  TOCSIN_SECRET: variable<string>({
    fallback: null,
    isSecret: true,
    read: atLeast(SHORTEST_SECRET),
    purpose: {
      zh: '会话签名与号码散列的密钥；内置形态不设则生成于数据目录的 secret 文件，生产形态必填',
      en: 'Key of session signatures and number hashes; embedded: generated into the data folder when unset, production: required',
    },
    expected: { zh: '至少 32 个字符的随机串', en: 'random text of at least 32 characters' },
  }),
  TOCSIN_HASH_KEYS: variable<readonly GivenHashKey[] | null>({
    fallback: null,
    isSecret: true,
    read: hashKeys,
    purpose: {
      zh: '号码散列的密钥，第一个为现用，第二个为换钥期的下一个；不设即由 TOCSIN_SECRET 派生的 k1（每年轮换，见下）',
      en: 'Keys of number hashes: the first in use, the second the coming one of a change-over; unset = k1, derived from TOCSIN_SECRET (rotate yearly, see below)',
    },
    expected: {
      zh: '标识:密钥[,标识:密钥]，一或两个；标识为 1–16 个小写字母或数字，密钥至少 32 个字符且无空格与逗号；k1: 表示由 TOCSIN_SECRET 派生的密钥',
      en: 'id:secret[,id:secret], one or two; ids of 1–16 lower-case letters or digits, secrets of at least 32 characters without blanks or commas; k1: is the one derived from TOCSIN_SECRET',
    },
  }),
  TOCSIN_ADMIN_PASSWORD: variable<string>({
    fallback: null,
    isSecret: true,
    read: atLeast(12),
    purpose: { zh: '首次启动时管理员的密码；不设则生成并打印一次', en: 'Password of the first administrator; generated and printed once when unset' },
    expected: { zh: '至少 12 个字符', en: 'at least 12 characters' },
  }),
  TOCSIN_LOG: variable<LogLevel>({
    fallback: 'info',
    read: oneOf(LOG_LEVELS),
    purpose: { zh: '日志级别', en: 'Log level' },
    expected: { zh: `${LOG_LEVELS.join('、')} 之一`, en: `one of ${LOG_LEVELS.join(', ')}` },
  }),
  TOCSIN_WEBHOOK_ALLOW: variable<string[]>({
    fallback: '',
    read: networks,
    purpose: { zh: '允许 webhook 与通知通道访问的内网网段；默认一个也不允许', en: 'Private networks that webhooks and providers may reach; none by default' },
    expected: { zh: '以逗号分隔的 CIDR，如 10.1.0.0/16,192.168.8.20', en: 'CIDRs separated by commas, for example 10.1.0.0/16,192.168.8.20' },
  }),
  TOCSIN_PUSH_HOSTS: variable<string[]>({
    fallback: PUSH_HOSTS.join(','),
    read: pushHosts,
    purpose: { zh: '浏览器推送可访问的推送服务', en: 'Push services that may be called for browsers' },
    expected: { zh: '以逗号分隔的主机名（*. 表示其下任一）或完整来源，如 http://push.intranet:8080', en: 'names of hosts separated by commas (*. for any below), or whole origins, for example http://push.intranet:8080' },
  }),
  TOCSIN_PUBLIC_URL: variable<string>({
    fallback: null,
    read: publicUrl,
    purpose: { zh: '人员打开本系统的地址，写入通知中的链接；不设则链接只有路径', en: 'Where people open this deployment: the links of messages; unset: links are paths alone' },
    expected: { zh: 'http(s) 地址，如 https://tocsin.example', en: 'an http(s) address, for example https://tocsin.example' },
  }),
  TOCSIN_REGIONS: variable<string>({
    fallback: 'config/regions.cn.csv',
    read: (text) => path.resolve(text === 'config/regions.cn.csv' ? PROJECT : '.', text),
    purpose: { zh: '区域树文件', en: 'File of the region tree' },
    expected: { zh: 'CSV 文件路径', en: 'the path of a CSV file' },
  }),
  TOCSIN_TRUST_PROXY: variable<boolean | string[]>({
    fallback: 'false',
    read: trustedProxies,
    purpose: {
      zh: '是否采信反向代理的 X-Forwarded-* 头；优先填代理所在网段',
      en: 'Whether X-Forwarded-* headers are believed; best given as the networks of the proxies',
    },
    expected: { zh: 'true、false 或以逗号分隔的 CIDR', en: 'true, false, or CIDRs separated by commas' },
  }),
  TOCSIN_COOKIE_SECURE: variable<'auto' | 'true' | 'false'>({
    fallback: 'auto',
    read: oneOf(['auto', 'true', 'false']),
    purpose: {
      zh: '会话 cookie 是否只走 HTTPS；auto 按请求的协议决定',
      en: 'Whether session cookies travel over HTTPS only; auto follows the request',
    },
    expected: { zh: 'auto、true 或 false', en: 'auto, true or false' },
  }),
  TOCSIN_INGEST_WORKERS: variable<number>({
    fallback: '1',
    read: integer(1, 16),
    purpose: { zh: '每个进程内并行的接入处理数', en: 'Ingest lanes of one process' },
    expected: { zh: '1 到 16 的整数', en: 'an integer from 1 to 16' },
  }),
}

export type VariableName = keyof typeof VARIABLES

/** The table of docs/configuration.md in one language, one row per variable. */
export function variableTable(language: keyof Bilingual): string {
  const head = language === 'zh' ? ['变量', '默认值', '取值', '用途'] : ['Variable', 'Default', 'Value', 'Purpose']
  const unset = language === 'zh' ? '（不设）' : '(unset)'
  const empty = language === 'zh' ? '（空）' : '(empty)'
  const shown = (fallback: string | null) => (fallback === null ? unset : fallback === '' ? empty : `\`${fallback}\``)
  const rows = Object.entries(VARIABLES).map(([name, { fallback, expected, purpose }]) => [
    `\`${name}\``,
    shown(fallback),
    expected[language],
    purpose[language],
  ])
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
