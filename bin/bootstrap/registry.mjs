import { connect } from 'node:net'

/** What a dead line looks like; anything else (a certificate, a refusal) is for npm to report. */
const dead = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ETIMEDOUT']

/** @param {string} host @param {number} port @param {number} within milliseconds @returns {Promise<string | undefined>} the code of the failure */
function tryToConnect(host, port, within) {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    /** @param {string | undefined} code */
    const end = (code) => {
      socket.destroy()
      resolve(code)
    }
    socket.setTimeout(within, () => end('ETIMEDOUT'))
    socket.on('connect', () => end(undefined))
    socket.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      // Happy eyeballs: a host with several addresses fails with all their errors at once.
      const all = /** @type {{ errors?: NodeJS.ErrnoException[] }} */ (/** @type {unknown} */ (error)).errors
      end((all?.[0] ?? error).code ?? error.message)
    })
  })
}

/**
 * Why the registry cannot be reached, or undefined when it can (or when a proxy stands between, which only npm can ask).
 * npm itself takes one to five minutes to find out, with nothing on the screen.
 * @param {Record<string, unknown>} config npm's, as by `npm config list --json`
 * @param {NodeJS.ProcessEnv} env
 */
export async function whyUnreachable(config, env = process.env) {
  const proxies = [config['proxy'], config['https-proxy'], env['HTTPS_PROXY'], env['https_proxy'], env['HTTP_PROXY'], env['http_proxy']]
  if (proxies.some(Boolean) || typeof config['registry'] !== 'string') return undefined
  const { hostname, port, protocol } = new URL(config['registry'])
  let code
  for (let attempt = 0; attempt < 3; attempt += 1) {
    code = await tryToConnect(hostname.replace(/^\[|\]$/g, ''), Number(port) || (protocol === 'http:' ? 80 : 443), 5_000)
    if (code === undefined || !dead.includes(code)) return undefined
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  return `${hostname}: ${code}`
}
