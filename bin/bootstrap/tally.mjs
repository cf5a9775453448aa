/** @typedef {import('../ci/tally-reporter.mjs').Tally} Tally */

/**
 * Judges a run of the tests: its last line, and whether it passed. A run without a single passed test has not passed,
 * and one that Vitest itself calls failed never counts as clean.
 * @param {Tally | undefined} tally undefined: Vitest ended before it could report
 * @param {number | null} exitCode Vitest's
 * @param {string[]} faults failures outside the tests, one sentence each (no browser in CI)
 * @returns {{ lines: string[], lastLine: string, passed: boolean }}
 */
export function judgeRun(tally, exitCode, faults = []) {
  const skipped = tally?.skipped ?? []
  const lines = [...skipped.map(({ file, test, why }) => `跳过 skipped: ${file} › ${test}：${why ?? '原因见其名称 its name says why'}`)]
  const broken = tally?.brokenFiles ?? []
  lines.push(...broken.map((file) => `失败 failed: ${file} 未能运行完（加载或钩子出错） did not run to its end (loading or a hook failed)`))
  lines.push(...faults.map((fault) => `失败 failed: ${fault}`))
  let failed = (tally?.failed ?? 0) + broken.length + faults.length + (tally?.errors ?? 0)
  const passed = tally?.passed ?? 0
  const untold = failed === 0 && (tally === undefined || exitCode !== 0 || tally.reason !== 'passed')
  if (untold) {
    lines.push(`失败 failed: Vitest 以 ${exitCode} 结束（见上） ended with ${exitCode}, see above`)
    failed += 1
  }
  if (failed === 0 && passed === 0) lines.push('没有运行任何测试。No test was run.')
  const lastLine = `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`
  return { lines, lastLine, passed: failed === 0 && passed > 0 }
}
