// What the start-up scripts tell people: Chinese first, English second, always on standard error, so that a
// command's own output (`npm run -s tocsin -- …`) stays alone on standard output.

/** @param {string} zh @param {string} en */
export function say(zh, en) {
  process.stderr.write(`${zh}\n${en}\n`)
}

/** A fault that the person at the keyboard can mend. Its text is the whole message; no stack is shown. */
export class Refusal extends Error {
  /** @param {string} zh what failed and what to do @param {string} en the same */
  constructor(zh, en) {
    super(`${zh}\n${en}`)
    this.name = 'Refusal'
  }
}

/** Runs a script's main function; a `Refusal` is printed as it is, anything else with its stack. Either ends with exit code 1. */
export async function main(/** @type {() => Promise<unknown> | unknown} */ run) {
  try {
    await run()
  } catch (error) {
    process.stderr.write(`\n${error instanceof Refusal ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  }
}
