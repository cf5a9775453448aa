import { Refusal } from './say.mjs'

/** The oldest Node.js that runs Tocsin; also `engines.node` in package.json. From 20.19 on `require` reaches modules that are ESM only. */
export const oldestNode = '20.19.0'

/** @param {string} version */
function parts(version) {
  return version.replace(/^v/, '').split(/[.-]/).map(Number)
}

/**
 * Refuses a Node.js that is too old.
 * @param {string} version as in `process.versions.node`
 */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = parts(version)
  const [needMajor = 0, needMinor = 0] = parts(oldestNode)
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return
  throw new Refusal(
    `Node.js 版本太旧：这里是 ${version}，需要 ${needMajor}.${needMinor} 或更高（推荐 24 LTS）。请从 https://nodejs.org 安装后重试。`,
    `Node.js is too old: this is ${version}, needed is ${needMajor}.${needMinor} or newer (24 LTS is best). Install it from https://nodejs.org and try again.`,
  )
}
