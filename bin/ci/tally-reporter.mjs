// A Vitest reporter that writes what bin/test.mjs prints at the end. Vitest's own JSON report leaves out why a test was skipped
// (`context.skip(reason)`), errors outside tests, and files that could not be loaded.
import { writeFileSync } from 'node:fs'

/**
 * @typedef {{ file: string, test: string, why: string | undefined }} SkippedTest
 * @typedef {{ passed: number, failed: number, skipped: SkippedTest[], brokenFiles: string[], errors: number, reason: string }} Tally
 */

/** Writes a `Tally` to the file named by VITEST_TALLY_FILE. */
export default class TallyReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   * @param {import('vitest/node').TestRunEndReason} reason
   */
  onTestRunEnd(modules, unhandledErrors, reason) {
    /** @type {Tally} */
    const tally = { passed: 0, failed: 0, skipped: [], brokenFiles: [], errors: unhandledErrors.length, reason }
    for (const module of modules) {
      const failedBefore = tally.failed
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') {
          tally.passed += 1
          // Passed, but not at once: printed, so that nobody mistakes it for a steady test.
          if (test.diagnostic()?.flaky === true) process.stdout.write(`再试才通过 passed only when tried again: ${module.relativeModuleId} › ${test.fullName}\n`)
        }
        else if (result.state === 'skipped') tally.skipped.push({ file: module.relativeModuleId, test: test.fullName, why: result.note })
        // `pending` at the end of a run is a test that never came to its end.
        else tally.failed += 1
      }
      // A file that could not be loaded, or whose hooks failed, failed as a whole even if none of its tests did.
      if (module.state() === 'failed' && tally.failed === failedBefore) tally.brokenFiles.push(module.relativeModuleId)
    }
    const file = process.env['VITEST_TALLY_FILE']
    if (file) writeFileSync(file, JSON.stringify(tally))
  }
}
