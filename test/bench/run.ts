import { benchIngest } from './ingest.ts'
import { benchLatency } from './latency.ts'

/** `npm run bench -- [ingest] [latency] [--events N] [--stored N,N] [--rate N]`: figures of this machine, measured in one run, as ratios where that is fair. */
const args = process.argv.slice(2)
const option = (name: string, fallback: number): number => {
  const at = args.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(args[at + 1])
}
const wanted = args.filter((arg, index) => !arg.startsWith('--') && !(args[index - 1] ?? '').startsWith('--'))
const runs = (name: string) => wanted.length === 0 || wanted.includes(name)

const stored = args[args.indexOf('--stored') + 1] ?? ''
const storedSizes = args.includes('--stored') ? stored.split(',').map(Number) : [0]
if (runs('ingest')) await benchIngest({ events: option('events', 60_000), repeats: option('repeats', 3), stored: storedSizes })
if (runs('latency')) await benchLatency({ rate: option('rate', 200), samples: option('samples', 60) })
