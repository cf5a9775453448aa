/** What is used of the library: the request of a push, encrypted (RFC 8291) and signed (RFC 8292); the call itself is ours, through the guard. */
declare module 'web-push' {
  interface RequestDetails {
    readonly method: string
    readonly headers: Readonly<Record<string, string | number>>
    readonly body: Buffer | null
    readonly endpoint: string
  }
  interface RequestChoice {
    readonly vapidDetails: { readonly subject: string; readonly publicKey: string; readonly privateKey: string }
    readonly TTL: number
    readonly urgency: 'very-low' | 'low' | 'normal' | 'high'
    readonly topic: string
  }
  const library: {
    generateRequestDetails(browser: { readonly endpoint: string; readonly keys: { readonly p256dh: string; readonly auth: string } }, payload: string, choice: RequestChoice): RequestDetails
  }
  export default library
}
