import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const source = (file: string) => pathToFileURL(path.resolve(import.meta.dirname, '../../core/platform', file)).href

/**
 * Another process that runs `body` with the platform at hand (`say(value)` prints a line of JSON); what it said first is handed back.
 * An error ends as a line with its name, code, message, pid and port. The caller ends the child.
 */
export async function runElsewhere(body: string, prefix: string[] = []): Promise<{ child: ChildProcess; line: string }> {
  const program = `import { startEmbeddedPostgres } from '${source('embedded-postgres.ts')}'
    import { claimDataDir } from '${source('data-dir.ts')}'
    import { createPool } from '${source('database.ts')}'
    import { createLifecycle, runUntilSignal } from '${source('lifecycle.ts')}'
    import { createLogger } from '${source('log.ts')}'
    const say = (value) => console.log(JSON.stringify(value))
    try { ${body} } catch (error) { say({ code: error.code, name: error.name, message: error.message, pid: error.pid, port: error.port }) }`
  const [file = '', ...args] = [...prefix, process.execPath, '--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], cwd: '/' })
  const line = await new Promise<string>((resolve) => {
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('\n')) resolve(said)
    })
    child.once('exit', () => resolve(said))
  })
  return { child, line }
}
