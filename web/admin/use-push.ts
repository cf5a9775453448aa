import { onScopeDispose, ref, shallowRef } from 'vue'
import type { PushRow, PushState } from '../../core/contract/push.ts'
import { request } from '../api/request.ts'
import { useAct } from '../api/use-act.ts'
import { send } from '../session/session.ts'

/** What this browser can do, and does, about pages while the desk is closed. */
export type PushHere = 'unsupported' | 'insecure' | 'denied' | 'off' | 'on'

/** What is remembered in this browser: which of the registered ones it is. */
const OWN = 'tocsin.push'

/** A push service that is out of reach keeps the browser waiting without a word. */
const PATIENCE_MS = 20_000
const soon = (): Promise<null> => new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS))

const canPush = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

async function subscribed(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration('/')
  return (await registration?.pushManager.getSubscription()) ?? null
}

/** The state of this browser, without asking for anything. */
async function look(items: readonly PushRow[]): Promise<PushHere> {
  if (!window.isSecureContext) return 'insecure'
  if (!canPush()) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  const isRegistered = items.some(({ id, removedAt }) => removedAt === null && id === localStorage.getItem(OWN))
  return isRegistered && (await subscribed()) !== null ? 'on' : 'off'
}

/** The signed-in person's browsers, and turning this one on and off. */
export function usePush() {
  const state = shallowRef<PushState | null>(null)
  const here = ref<PushHere | null>(null)
  const failure = ref<unknown>(null)
  /** Why it was not turned on, where no server has refused. */
  const why = ref<'notGranted' | 'failed' | null>(null)
  const { busy, fault, act } = useAct()
  const abort = new AbortController()

  async function load(): Promise<void> {
    try {
      const found = await request<PushState>('/me/push', { signal: abort.signal })
      here.value = await look(found.items)
      state.value = found
      failure.value = null
    } catch (error) {
      if (!abort.signal.aborted) failure.value = error
    }
  }

  async function subscribe(publicKey: string): Promise<PushSubscription | null> {
    try {
      await navigator.serviceWorker.register('/sw.js')
      const { pushManager } = await navigator.serviceWorker.ready
      // One of an older key of this deployment would never be told anything.
      await (await pushManager.getSubscription())?.unsubscribe()
      return await Promise.race([pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }), soon()])
    } catch {
      return null
    }
  }

  const turnOn = (): Promise<boolean> => act(async () => {
    why.value = null
    if ((await Notification.requestPermission()) !== 'granted') why.value = 'notGranted'
    else {
      const made = state.value === null ? null : await subscribe(state.value.publicKey)
      if (made === null) why.value = 'failed'
      else {
        const { endpoint, keys } = made.toJSON()
        const row = await send<PushRow>('/me/push', { endpoint, keys: { p256dh: keys?.['p256dh'], auth: keys?.['auth'] } })
        localStorage.setItem(OWN, row.id)
      }
    }
    await load()
  })

  const remove = (id: string): Promise<boolean> => act(async () => {
    await send<PushRow>(`/me/push/${id}`, undefined, 'DELETE')
    if (id === localStorage.getItem(OWN)) {
      localStorage.removeItem(OWN)
      await (await subscribed())?.unsubscribe()
    }
    await load()
  })

  const isHere = (id: string): boolean => here.value === 'on' && id === localStorage.getItem(OWN)

  onScopeDispose(() => abort.abort())
  void load()
  return { state, here, failure, why, busy, fault, load, turnOn, remove, isHere }
}
