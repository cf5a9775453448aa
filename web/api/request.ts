import type { ErrorBody } from '../../core/contract/errors.ts'

export type ErrorDetail = ErrorBody['error']

/** An answer that is not 2xx, or no answer at all (`status` 0). `detail` holds what the server said, in both languages. */
export class ApiFailure extends Error {
  readonly status: number
  readonly detail: ErrorDetail | null

  constructor(status: number, detail: ErrorDetail | null) {
    super(detail?.messageEn ?? `HTTP ${status}`)
    this.status = status
    this.detail = detail
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  readonly csrfToken?: string | null
  readonly deviceToken?: string | null
  /** Without the session that this browser may have. */
  readonly isAnonymous?: boolean
  readonly signal?: AbortSignal
}

function isErrorBody(body: unknown): body is ErrorBody {
  const error = (body as { error?: { code?: unknown } } | null)?.error
  return typeof error === 'object' && error !== null && typeof error.code === 'string'
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** One call of the API. Throws `ApiFailure` for everything but 2xx; the caller knows the shape from the contract. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  if (options.csrfToken) headers['x-csrf-token'] = options.csrfToken
  if (options.deviceToken) headers['authorization'] = `Bearer ${options.deviceToken}`
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, {
      method: options.method ?? 'GET',
      headers,
      credentials: options.deviceToken || options.isAnonymous ? 'omit' : 'same-origin',
      cache: 'no-store',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new ApiFailure(0, null)
  }
  const body = await bodyOf(response)
  if (!response.ok) throw new ApiFailure(response.status, isErrorBody(body) ? body.error : null)
  return body as T
}
