import type { AddressInfo } from 'node:net'
import { StartupError } from '../core/platform/startup-error.ts'
import { buildApp, type AppDeps } from './app.ts'

/** A server that listens. */
export interface RunningServer {
  /** Where browsers on this machine find it, for example `http://127.0.0.1:8080`. */
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/**
 * Builds the server and listens on the configured address.
 * @throws StartupError when the port is taken or may not be used.
 */
export async function startServer(deps: AppDeps): Promise<RunningServer> {
  const { host, port } = deps.config
  const { app } = await buildApp(deps)
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw explain(error, host, port)
  }
  const address = app.server.address() as AddressInfo
  const shown = address.address === '0.0.0.0' || address.address === '::' ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address
  return { url: `http://${shown}:${address.port}`, port: address.port, stop: () => app.close() }
}

function explain(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  const place = `${host}:${port}`
  if (code === 'EADDRINUSE') {
    return new StartupError('port_taken', { zh: `${place} 已被占用`, en: `${place} is taken` }, {
      zh: '换一个端口（PORT=8081 npm start），或停止占用它的程序。', en: 'Choose another port (PORT=8081 npm start), or stop the program that has it.',
    }, error)
  }
  if (code === 'EACCES') {
    return new StartupError('port_forbidden', { zh: `无权监听 ${place}`, en: `Not allowed to listen on ${place}` }, { zh: '使用 1024 以上的端口。', en: 'Use a port above 1024.' }, error)
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartupError('host_unknown', { zh: `本机没有地址 ${host}`, en: `This machine has no address ${host}` }, { zh: '更正 HOST。', en: 'Correct HOST.' }, error)
  }
  return error
}
