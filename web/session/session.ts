import { shallowRef } from 'vue'
import type { Me } from '../../core/contract/access.ts'
import { ApiFailure, request } from '../api/request.ts'

/** Who is signed in: null nobody, undefined not yet asked. */
const me = shallowRef<Me | null | undefined>(undefined)

export const useMe = () => me

/** The signed-in person, asked for once and then remembered. Throws `ApiFailure` when the server cannot be asked. */
export async function whoAmI(): Promise<Me | null> {
  if (me.value !== undefined) return me.value
  try {
    me.value = await request<Me>('/me')
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.status !== 401) throw error
    me.value = null
  }
  return me.value
}

/** Signs in. Throws `ApiFailure` (401 wrong, 429 too often). */
export async function signIn(login: string, password: string): Promise<Me> {
  await request('/login', { method: 'POST', body: { login, password } })
  me.value = undefined
  const person = await whoAmI()
  if (!person) throw new ApiFailure(401, null)
  return person
}

/** Forgets the person here; the session on the server is gone already. */
export function forget(): void {
  me.value = null
}

export async function signOut(): Promise<void> {
  await request('/logout', { method: 'POST', csrfToken: me.value?.csrfToken ?? null })
  forget()
}

/** A changing call of the signed-in person, with his CSRF token. */
export function send<T>(path: string, body?: unknown, method: 'POST' | 'PUT' | 'DELETE' = 'POST'): Promise<T> {
  return request<T>(path, { method, csrfToken: me.value?.csrfToken ?? null, ...(body === undefined ? {} : { body }) })
}
