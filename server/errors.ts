import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorBody } from '../core/contract/errors.ts'
import { isUnavailable } from '../core/platform/database.ts'

type Fields = Omit<ErrorBody['error'], 'code' | 'messageZh' | 'messageEn'>

/** A request that cannot be served: the status, a stable code, both languages, and where it applies what to mend. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly statusCode: number
  readonly body: ErrorBody

  constructor(statusCode: number, code: string, messageZh: string, messageEn: string, fields: Fields = {}) {
    super(messageEn)
    this.statusCode = statusCode
    this.body = { error: { code, messageZh, messageEn, ...fields } }
  }
}

/** A fault in words, `field: 中文 / English`, as a refusal: `zh` and `en` say what of the request does not fit. */
export function unfit(code: string, zh: string, en: string, fault = ''): Refusal {
  const [field = '', expected = ''] = fault.split(/: (.*)/su)
  const [mendZh = '', mendEn = expected] = expected.split(/ \/ (?!.* \/ )/su)
  return new Refusal(400, code, `${zh}：${field}: ${mendZh}`, `${en}: ${field}: ${mendEn}`, { field, expected })
}

/** The refusals that more than one route gives. */
export const refusals = {
  notSignedIn: () => new Refusal(401, 'not_signed_in', '请先登录', 'Sign in first', { mend: '登录，或带上有效的密钥 / sign in, or send a valid key' }),
  badToken: () => new Refusal(401, 'bad_token', '密钥或令牌无效或已吊销', 'The key or token is invalid or revoked', { mend: '向管理员索取新的密钥 / ask an administrator for a new one' }),
  notAllowed: () => new Refusal(403, 'not_allowed', '当前身份无权进行此操作', 'This identity may not do that'),
  badCsrf: () => new Refusal(403, 'bad_csrf_token', '缺少或无效的 x-csrf-token', 'The x-csrf-token is missing or invalid', { field: 'x-csrf-token', mend: '先取 GET /api/v1/me 的 csrfToken / take csrfToken from GET /api/v1/me' }),
  notFound: () => new Refusal(404, 'not_found', '不存在，或不在您的管辖范围内', 'There is no such thing, or not in your scope'),
  noRegion: () => new Refusal(404, 'region_not_found', '区域不存在，或不在您的管辖范围内', 'There is no such region, or not in your scope', { field: 'regionCode' }),
  tooMany: (seconds: number) =>
    new Refusal(429, 'too_many_requests', `请求过于频繁，请 ${seconds} 秒后再试`, `Too many requests; try again in ${seconds} s`, { retryAfterSeconds: seconds }),
  tooLarge: (zh: string, en: string) => new Refusal(413, 'too_large', zh, en, { mend: '拆成更小的批次 / send smaller batches' }),
  databaseDown: () => new Refusal(503, 'database_unavailable', '数据库暂时不可用，请稍后重试', 'The database is not available just now; try again', { retryAfterSeconds: 2 }),
}

// What PostgreSQL says of a value that no text column can hold (NUL, half a surrogate pair, a number beyond its type).
const UNFIT_VALUE = new Set(['22021', '22P02', '22P05', '22003'])
// A statement that ran into its time limit, or a lock that could not be had: the same request may go through in a moment.
const BUSY = new Set(['57014', '55P03', '40001', '40P01'])

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

function ofValidation(error: FastifyError): Refusal {
  const first = error.validation?.[0]
  const place = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`
  const expected = error.validation?.map((fault) => `${fault.instancePath || '/'} ${fault.message ?? ''}`.trim()).slice(0, 5).join('; ') ?? ''
  return new Refusal(400, 'invalid_request', `请求不合规：${place}`, `The request does not fit: ${place}`, {
    field: place, expected, mend: '各字段见 /api/docs / the fields are described at /api/docs',
  })
}

const BY_CODE: Readonly<Record<string, (error: FastifyError) => Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => refusals.tooLarge('请求体超过上限', 'The body exceeds its limit'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (error) => new Refusal(415, 'media_type', '不支持的 Content-Type', 'This Content-Type is not taken', {
    field: 'content-type', expected: 'application/json; charset=utf-8', mend: error.message,
  }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new Refusal(400, 'content_length', 'Content-Length 与实际长度不符', 'Content-Length differs from the length received', { field: 'content-length' }),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Refusal(400, 'empty_body', '请求体为空', 'The body is empty'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => new Refusal(400, 'broken_json', '请求体不是合法的 JSON', 'The body is not sound JSON'),
  FST_CSRF_MISSING_SECRET: refusals.badCsrf,
  FST_CSRF_INVALID_TOKEN: refusals.badCsrf,
}

/** What a thrown thing becomes; null when it is a fault of ours. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error
  if (isUnavailable(error)) return refusals.databaseDown()
  const code = codeOf(error)
  if (BUSY.has(code)) return new Refusal(503, 'busy', '系统繁忙，请稍后重试', 'Busy; try again', { retryAfterSeconds: 2 })
  if (UNFIT_VALUE.has(code)) return new Refusal(400, 'invalid_value', '某个值含有无法保存的字符或超出范围', 'A value holds characters that cannot be kept, or is out of range')
  const given = error as FastifyError
  const known = BY_CODE[code]
  if (known !== undefined) return known(given)
  if (given.validation !== undefined) return ofValidation(given)
  // A fault of the request that a library has found; its text may quote the request, so it stays here.
  if (typeof given.statusCode === 'number' && given.statusCode >= 400 && given.statusCode < 500) {
    return new Refusal(given.statusCode, code === '' ? 'bad_request' : code.toLowerCase(), '请求不合规', 'The request does not fit')
  }
  return null
}

/** What of an error may be logged. A database error's message and detail can quote values of a row; its code and the frames cannot. */
function loggable(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at ')).slice(0, 12)
  const isOfDatabase = 'severity' in error || 'routine' in error
  return { type: error.name, code: codeOf(error), ...(isOfDatabase ? {} : { message: error.message }), frames }
}

/** The only place where a failure becomes a status: the contract's error body, never a stack, never 5xx for a client's fault. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = refusalOf(error) ?? new Refusal(500, 'internal', '系统内部错误，已记录', 'An internal error; it has been recorded', { mend: `编号 / reference: ${request.id}` })
  if (refusal.statusCode >= 500) request.log.error({ error: loggable(error), code: refusal.body.error.code }, 'request failed')
  else request.log.debug({ code: refusal.body.error.code }, 'request refused')
  const { retryAfterSeconds } = refusal.body.error
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  void reply.code(refusal.statusCode).type('application/json; charset=utf-8').send(refusal.body)
}

/** Gives the application its one error handler. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError)
}
