// Shows pages while the desk is closed, tells the server that it did, and opens the page that acknowledges. Keeps nothing.
const tell = (token, status) =>
  fetch('/api/v1/push-receipts', { method: 'POST', headers: { 'content-type': 'application/json' }, credentials: 'omit', body: JSON.stringify({ token, status }) }).catch(() => undefined)

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  if (!event.data) return
  const { zh, en, tag, token, link } = event.data.json()
  const isChinese = self.navigator.language.toLowerCase().startsWith('zh')
  const [title, body] = isChinese ? [zh, en] : [en, zh]
  // The same tag: a repeat takes the place of the first.
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { token, link }, icon: '/icon.svg', requireInteraction: true }).then(() => tell(token, 'shown')))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { token, link } = event.notification.data
  event.waitUntil(Promise.all([tell(token, 'opened'), self.clients.openWindow(link)]))
})
