import { createHash, createHmac } from 'node:crypto'
import { fastifyCookie, Signer } from '@fastify/cookie'
import type { FastifySessionOptions, SessionStore } from '@fastify/session'
import { HOUR } from '../core/domain/time.ts'
import type { Clock } from '../core/platform/clock.ts'
import type { Config } from '../core/platform/config.ts'
import type { Pool } from '../core/platform/database.ts'
import { deleteSession, loadSessionData, saveSession } from '../core/store/session-store.ts'

declare module 'fastify' {
  interface Session {
    userId?: string
  }
}

export type { Signer }

export const COOKIE = 'tocsin_session'
/** A session ends this long after it was last used. */
export const SESSION_MS = 12 * HOUR

/** What is kept of a secret that somebody else holds. All of them are long and random, so a plain hash cannot be guessed back. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Signs session cookies with a key made of the deployment's secret for this purpose alone. */
export function cookieSigner(secret: string): Signer {
  return new Signer(createHmac('sha256', secret).update('tocsin session cookie').digest('hex'))
}

/** The session id of a Cookie header if the cookie is there and its signature is ours, else null. For the socket's handshake. */
export function sessionIdOf(header: string | undefined, signer: Signer): string | null {
  const value = fastifyCookie.parse(header ?? '')[COOKIE]
  const unsigned = value === undefined ? null : signer.unsign(value)
  return unsigned?.valid === true ? unsigned.value : null
}

function storeOf(pool: Pool, clock: Clock): SessionStore {
  const answer = <T>(work: Promise<T>, callback: (error: unknown, result?: T) => void) => void work.then((result) => callback(null, result), callback)
  return {
    get: (sid, callback) => answer(loadSessionData(pool, hashToken(sid), clock.now()) as Promise<never>, callback),
    set: (sid, session, callback) => {
      const { userId = null, ...data } = session
      answer(saveSession(pool, hashToken(sid), userId, { ...data, userId }, clock.now() + SESSION_MS), callback)
    },
    destroy: (sid, callback) => answer(deleteSession(pool, hashToken(sid)), callback),
  }
}

/**
 * Sessions kept in the database under the hash of their id. The cookie ends with the browser; the kept session ends 12 hours after its last use.
 * `rolling` is off: a session is written at login and at logout only, so that no slow request can write one back that has been ended meanwhile.
 */
export function sessionOptions(pool: Pool, clock: Clock, config: Pick<Config, 'cookieSecure'>, signer: Signer): FastifySessionOptions {
  const secure = config.cookieSecure === 'auto' ? 'auto' : config.cookieSecure === 'true'
  return {
    secret: signer,
    cookieName: COOKIE,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure },
    saveUninitialized: false,
    rolling: false,
    store: storeOf(pool, clock),
  }
}
