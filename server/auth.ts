import type {} from '@fastify/csrf-protection'
import type { FastifyRequest } from 'fastify'
import { isAllowed, type Principal } from './access.ts'
import type { Api } from './api.ts'
import { refusals } from './errors.ts'
import type { Identity } from './identity.ts'

const BEARER = /^Bearer +(\S+) *$/i
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

async function identify(identity: Identity, request: FastifyRequest): Promise<Principal> {
  const header = request.headers.authorization
  if (header !== undefined) {
    // A token that does not hold is refused even beside a good cookie: the caller meant the token.
    const token = BEARER.exec(header)?.[1]
    const principal = token === undefined ? null : await identity.ofToken(token)
    if (principal === null) throw refusals.badToken()
    return principal
  }
  // Without a userId the session is a fresh one that is not kept.
  const principal = request.session?.userId === undefined ? null : await identity.ofSession(request.session.sessionId)
  if (principal === null) throw refusals.notSignedIn()
  return principal
}

/**
 * Before the body of any request is read: who is calling, may he call this route, and did his own page send it.
 * Sessions need the CSRF token for everything but reading; tokens in a header cannot be sent by a foreign page.
 */
export function guard(api: Api, identity: Identity): void {
  api.decorateRequest('principal', null)
  api.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access
    if (access === undefined || access.anybody === true) return
    const principal = await identify(identity, request)
    if (!isAllowed(access, principal)) throw refusals.notAllowed()
    request.principal = principal
  })
  api.addHook('onRequest', (request, reply, done) => {
    if (request.principal?.kind === 'user' && !SAFE.has(request.method)) api.csrfProtection(request, reply, done)
    else done()
  })
}
