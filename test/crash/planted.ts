// `npm run crash-matrix -- --planted`: plants, one at a time in a copy of the source, the four faults by which escalation engines lose or double pages,
// and runs the matrix until it finds each. Prints how many runs that took; one that is not found makes the exit code 1.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { copyOfTheSource } from '../support/source-copy.ts'

interface PlantedFault {
  readonly what: string
  /** File, what stands in it exactly once, what is put in its place. */
  readonly edits: readonly (readonly [file: string, find: string, replace: string])[]
}

const OUTBOX = 'core/store/outbox-store.ts'
const ESCALATE = 'workers/escalate.ts'

export const PLANTED: readonly PlantedFault[] = [
  {
    what: 'claim before send, and nobody takes up what a dead worker had claimed',
    edits: [[OUTBOX, "(o.state <> 'sending' or o.claimed_until <= to_timestamp($1::float8 / 1000))", "o.state <> 'sending'"]],
  },
  {
    what: 'the ladder moves on in one commit, its recipients are written after it',
    edits: [
      [
        ESCALATE,
        'await insertDeliveries(etx.tx, { alertId: alert.id, runId: run.id, step, round, dueAt: etx.now, isUrgent: isUrgent(alert.severity) }, deliveries, etx.now)',
        'setTimeout(() => void insertDeliveries(etx.engine.pool as never, { alertId: alert.id, runId: run.id, step, round, dueAt: etx.now, isUrgent: isUrgent(alert.severity) }, deliveries, etx.now).catch(() => undefined), 100)',
      ],
    ],
  },
  {
    what: 'the next step is put in line after the commit of this one',
    edits: [
      [
        ESCALATE,
        'await advanceRun(etx.tx, run.id, call.next)',
        'await advanceRun(etx.tx, run.id, { ...call.next, dueAt: null })\n  setTimeout(() => void advanceRun(etx.engine.pool as never, run.id, call.next).catch(() => undefined), 100)',
      ],
    ],
  },
  {
    what: 'send first, write down afterwards that it was sent',
    edits: [
      [OUTBOX, "update outbox set state = 'sending', claim_token", "update outbox set state = 'queued', due_at = to_timestamp($3::float8 / 1000), claim_token"],
      [OUTBOX, "where o.id = $1 and o.claim_token = $2::uuid and o.state = 'sending'", 'where o.id = $1 and o.claim_token = $2::uuid'],
      [OUTBOX, "where id = $1 and claim_token = $2::uuid and state = 'sending'", 'where id = $1 and claim_token = $2::uuid'],
    ],
  },
]

function plant(folder: string, { what, edits }: PlantedFault): void {
  for (const [name, find, replace] of edits) {
    const file = path.join(folder, name)
    const text = readFileSync(file, 'utf8')
    if (text.split(find).length !== 2) throw new Error(`“${what}” can no longer be planted: ${name} does not hold exactly once: ${find}`)
    writeFileSync(
      file,
      text.replace(find, () => replace),
    )
  }
}

/** The output of a matrix that stops at the first wrong. */
async function matrixOf(folder: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/crash/run.ts', '--until-wrong', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await new Promise((resolve) => child.once('close', resolve))
  return said
}

/** Plants each fault and says of each after how many runs it was found; false when one was not. */
export async function findPlanted(args: readonly string[]): Promise<boolean> {
  let missed = 0
  for (const fault of PLANTED) {
    const folder = mkdtempSync(path.join(tmpdir(), 'tocsin-planted-'))
    try {
      copyOfTheSource(folder)
      plant(folder, fault)
      const said = await matrixOf(folder, args)
      const [first] = said.split('\n').filter((line) => line.startsWith('✗'))
      const [, runs] = /^(\d+) runs of seed/m.exec(said) ?? []
      if (first === undefined) missed += 1
      console.log(first === undefined ? `✗ not found in ${runs ?? '?'} runs: ${fault.what}` : `✓ found after ${runs ?? '?'} runs: ${fault.what}\n    ${first.slice(2)}`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  console.log(`${PLANTED.length - missed} passed, ${missed} failed`)
  return missed === 0
}
