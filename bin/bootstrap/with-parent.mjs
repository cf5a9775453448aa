// Loaded into the child of child.mjs before everything else: when the parent is gone without having said so (SIGKILL, a
// closed container shell), stop in the ordinary way instead of living on unseen with the port and the database.
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
