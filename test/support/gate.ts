import { connect, createServer, type Server, type Socket } from 'node:net'
import pg from 'pg'
import { createPool, type Pool } from '../../core/platform/database.ts'

/** A way to the database that can be shut: to whoever goes through it the database is then away, for everybody else it is not. */
export interface Gate {
  readonly pool: Pool
  shut(): Promise<void>
  open(): Promise<void>
  end(): Promise<void>
}

export async function databaseGate(url: string): Promise<Gate> {
  const { host, port, user, password, database } = new pg.Client(url)
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const through = new Set<Socket>()
  let server: Server | null = null
  let place = 0

  const open = () => new Promise<void>((resolve) => {
    server = createServer((near) => {
      const far = connect(target)
      for (const [from, to] of [[near, far], [far, near]] as const) {
        through.add(from)
        from.pipe(to)
        from.on('error', () => undefined)
        from.on('close', () => {
          through.delete(from)
          to.destroy()
        })
      }
    })
    server.listen(place, '127.0.0.1', () => {
      const address = server?.address()
      place = typeof address === 'object' && address !== null ? address.port : 0
      resolve()
    })
  })
  const shut = () => new Promise<void>((resolve) => {
    for (const socket of through) socket.destroy()
    if (server === null) resolve()
    else server.close(() => resolve())
    server = null
  })

  await open()
  const pool = createPool({ host: '127.0.0.1', port: place, user: user ?? '', database: database ?? '', ...(typeof password === 'string' ? { password } : {}) }, { applicationName: 'tocsin-test-gate' })
  return {
    pool, shut, open,
    async end() {
      await pool.end()
      await shut()
    },
  }
}
