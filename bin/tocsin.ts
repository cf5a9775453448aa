import { StartupError } from '../core/platform/startup-error.ts'

const USAGE = `用法 usage: npm run -s tocsin -- COMMAND [OPTIONS]

  start [--no-demo]                      单进程运行全部（npm start） / everything in one process
  serve | work | migrate                 生产形态的三个进程 / the three processes of the production shape
  import FILE --map MAP.yaml [--zone ZONE] [--json]
                                         导入 CSV 或 NDJSON / take a CSV or NDJSON file in
  import EVENTS.ndjson [--json]          导入每行一个事件信封的文件，无需映射 / take envelopes in, one a line, without a map
  replay FILE --map MAP.yaml [--regions REGIONS.csv] [--zone ZONE] [--speed max|60x]
         [--rules MR-01,MR-02] [--json] [--strict]
                                         用真实引擎在一次性数据库上重放 / run the real engine over a file on a throw-away database
  recount [--repair]                     由工单重算计数并报告差异 / recompute the counting cells and report differences
  backtest --rule MR-01 [--set batch.city=[8,25,80,250]] --from DAY --to DAY [--scope CODE] [--json]
                                         规则用这些参数在历史上会触发什么，与已触发的对照；不写入 / what a rule would have raised over the stored history, beside what it did; nothing is written
  retention [--dry-run]                  执行当日到期删除并报告；--dry-run 只计数 / delete what is past its keeping time, with a report; a dry run only counts
  audit verify [--from DAY] [--to DAY]   核对流转、审计与通知记录是否与封存一致；不一致时退出码为 1 / whether history, audit log and pages are what was sealed; exit code 1 when not
`

async function main([command, ...args]: readonly string[]): Promise<number> {
  switch (command) {
    case 'start':
      return (await import('./start.ts')).start(args)
    case 'serve':
    case 'work':
      return (await import('./production.ts')).runProduction(command)
    case 'migrate':
      return (await import('./production.ts')).runMigrate()
    case 'import':
      return (await import('./import.ts')).importFile(args)
    case 'replay':
      return (await import('./replay.ts')).replayFile(args)
    case 'recount':
      return (await import('./recount-command.ts')).runRecount(args)
    case 'backtest':
      return (await import('./back-test-command.ts')).runBackTest(args)
    case 'retention':
      return (await import('./retention-command.ts')).runRetentionCommand(args)
    case 'audit':
      return (await import('./audit-command.ts')).runAuditCommand(args)
    case 'demo-feed':
      return (await import('./demo/child.ts')).runDemoFeed()
    default:
      process.stderr.write(USAGE)
      return command === undefined || command === 'help' || command === '--help' ? 0 : 2
  }
}

/** A fault with its mend in both languages where it is one of ours; a usage error as one line; else the stack. */
function explain(error: unknown): string {
  if (error instanceof StartupError) return `${error.message}\n`
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return `${error.message}\n\n${USAGE}`
  return `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(explain(error))
  process.exitCode = 1
}
