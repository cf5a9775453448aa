import dns from 'node:dns'
import net from 'node:net'
import ip from 'ipaddr.js'
import { Agent, buildConnector } from 'undici'

/** An address that nothing of ours may call: not public, and not in the allow-list. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError'
}

/** Whether a literal address may be called: public unicast, or inside one of the CIDRs. IPv4 inside IPv6 is judged as IPv4. */
export function isReachableAddress(address: string, allow: readonly string[]): boolean {
  const parsed = ip.process(address)
  if (parsed.range() === 'unicast') return true
  return allow.some((cidr) => {
    const [network, bits] = ip.parseCIDR(cidr)
    return network.kind() === parsed.kind() && parsed.match([network, bits] as [typeof parsed, number])
  })
}

/** Whether anything of the request has left: what decides between "try again" and "may have arrived". */
export interface Departure {
  isConnected: boolean
}

type LookupOptions = dns.LookupOptions & { all?: boolean }
type LookupCallback = (error: Error | null, address?: string | dns.LookupAddress[], family?: number) => void

/**
 * An HTTP client for one call to an address that somebody typed in. Literal hosts and every address that a name resolves to are checked at
 * the moment of connecting, so neither a redirect, nor a name that changes its mind, nor 0x7f000001 leads inside (research: `lookup` alone
 * lets literal addresses through).
 */
export function guardedAgent(allow: readonly string[], timeoutMs: number, departure: Departure): Agent {
  const lookup = (host: string, options: LookupOptions, callback: LookupCallback) => {
    dns.lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error)
      const bad = addresses.find(({ address }) => !isReachableAddress(address, allow))
      if (bad) return callback(new BlockedAddressError(`${host} resolves to ${bad.address}`))
      const [first] = addresses
      if (options.all || first === undefined) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
  const dial = buildConnector({ lookup: lookup as net.LookupFunction, timeout: Math.min(3_000, timeoutMs) })
  return new Agent({
    pipelining: 0,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect(options, callback) {
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (net.isIP(host) !== 0 && !isReachableAddress(host, allow)) return callback(new BlockedAddressError(`${host} is not a public address`), null)
      dial(options, (...result) => {
        if (result[0] === null) departure.isConnected = true
        callback(...result)
      })
    },
  })
}
