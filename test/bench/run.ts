import { benchBackTest } from './back-test.ts'
import { benchBacklog } from './backlog.ts'
import { benchEscalation } from './escalation.ts'
import { benchImport } from './import.ts'
import { benchIngest } from './ingest.ts'
import { benchLatency } from './latency.ts'
import { benchRules } from './rules.ts'
import { benchTexts } from './texts.ts'

/** `npm run bench -- [ingest] [latency] [import] [backlog] [texts] [rules] [back-test] [escalation] [--open N] [--storm N] [--bytes N] [--texts N] [--sizes OPEN/EVENTS,…] [--days N] [--per-day N] [--past N] [--rules A,B] [--keep FOLDER] [--backlog N] [--live N] [--events N] [--stored N,N] [--shapes A,B] [--rate N]`: figures of this machine, measured in one run, as ratios where that is fair. */
const args = process.argv.slice(2)
const option = (name: string, fallback: number): number => {
  const at = args.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(args[at + 1])
}
const wanted = args.filter((arg, index) => !arg.startsWith('--') && !(args[index - 1] ?? '').startsWith('--'))
const runs = (name: string) => wanted.length === 0 || wanted.includes(name)

const list = (name: string, fallback: string): string[] => (args.includes(`--${name}`) ? (args[args.indexOf(`--${name}`) + 1] ?? fallback) : fallback).split(',')
if (runs('ingest')) await benchIngest({ events: option('events', 60_000), repeats: option('repeats', 3), stored: list('stored', '0').map(Number), shapes: list('shapes', 'one-lane,two-lanes,refold,histories,door') })
if (wanted.includes('texts')) await benchTexts({ texts: option('texts', 50_000) })
if (runs('latency')) await benchLatency({ rate: option('rate', 200), samples: option('samples', 60) })
// A million takes minutes, too: only when it is asked for.
if (wanted.includes('backlog')) await benchBacklog({ backlog: option('backlog', 1_000_000), perSecond: option('live', 100) })
// A hundred thousand open escalations and a storm of a minute: only when it is asked for.
if (wanted.includes('escalation')) await benchEscalation({ open: option('open', 100_000), storm: option('storm', 5_000), samples: option('samples', 100) })
// Fifty million events take some twenty minutes and 50 GB: the sizes are an option, OPEN/EVENTS each.
if (wanted.includes('rules')) await benchRules(list('sizes', '10000/500000,1000000/50000000').map((size) => size.split('/').map(Number)).map(([open = 0, events = 0]) => ({ open, events })))
// Filling a year takes long: only when it is asked for.
if (wanted.includes('back-test')) await benchBackTest({ days: option('days', 365), perDay: option('per-day', 100_000), past: option('past', 57), rules: list('rules', 'MR-01,MR-02,MR-04,MR-19'), keep: args.includes('--keep') ? list('keep', '').join() : null })
// A whole gigabyte takes long: only when it is asked for.
if (wanted.includes('import')) await benchImport(option('bytes', 1e9))
