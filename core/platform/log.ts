import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type { Logger }

/** The levels of TOCSIN_LOG. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const HIDDEN = '[hidden]'
const SECRET_NAME = /pass(?:word|wd|phrase)|secret|token|cookie|authorization|api[-_]?key|signature/i
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/@:"]*):([^\s/@"]+)@/gi
const SECRET_PARAMETER = /([?&](?:[^=&\s"]*(?:token|secret|password|key|sign)[^=&\s"]*)=)[^&\s"]+/gi
const MOBILE_NUMBER = /(?<![\d.])(?:\+?86)?(1[3-9]\d)\d{8}(?![\d])/g
const SUSPECT = new RegExp([SECRET_NAME, URL_CREDENTIALS, SECRET_PARAMETER, MOBILE_NUMBER].map((pattern) => pattern.source).join('|'), 'i')

function scrubText(text: string): string {
  return text.replace(URL_CREDENTIALS, `$1$2:${HIDDEN}@`).replace(SECRET_PARAMETER, `$1${HIDDEN}`).replace(MOBILE_NUMBER, '$1********')
}

function scrubValue(value: unknown): unknown {
  if (typeof value === 'string') return scrubText(value)
  if (typeof value === 'number') {
    const text = scrubText(String(value))
    return text === String(value) ? value : text
  }
  if (Array.isArray(value)) return value.map(scrubValue)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [key, SECRET_NAME.test(key) && held !== null && held !== undefined ? HIDDEN : scrubValue(held)]),
  )
}

/**
 * One finished log line without secrets: values of secret-sounding names at any depth, credentials in URLs, secret query parameters,
 * and clear mobile numbers (domain.md 8.4). A line that is not JSON is scrubbed as text.
 */
export function scrubLine(line: string): string {
  if (!SUSPECT.test(line)) return line
  try {
    return `${JSON.stringify(scrubValue(JSON.parse(line)))}\n`
  } catch {
    return scrubText(line)
  }
}

/**
 * A JSON logger at `level`, to stdout or `destination`. Every line passes {@link scrubLine} last, so that neither a child's
 * bindings nor an error's text can carry a secret out.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: scrubLine } }
  return destination === undefined ? pino(options) : pino(options, destination)
}
