// What npm says when an installation fails, in words that tell what to do. The patterns are npm's own codes
// (described in its manual under "logging"), checked in this order: a full disk often drags other errors along.

/** @typedef {{ zh: string, en: string }} Advice */

/** @type {Array<[RegExp, Advice]>} */
const causes = [
  [
    /\bENOSPC\b|no space left on device|\bEDQUOT\b/i,
    {
      zh: '磁盘已满。请腾出约 1 GB 空间（项目目录与 npm 缓存 `npm config get cache` 所在的磁盘）后重试。',
      en: 'The disk is full. Free about 1 GB (on the disk of this folder and of the npm cache, `npm config get cache`) and try again.',
    },
  ],
  [
    /\bEROFS\b|read-only file system/i,
    { zh: '文件系统是只读的。请把项目放到可写的目录。', en: 'The file system is read-only. Put the project into a folder that can be written.' },
  ],
  [
    /\bEACCES\b|\bEPERM\b|permission denied/i,
    {
      zh: '没有写权限。请确认项目目录、其中的 node_modules 和 npm 缓存目录都属于当前用户（曾用 root 安装过时尤其如此），然后重试。',
      en: 'Permission denied. Make sure that this folder, its node_modules and the npm cache belong to the current user (above all after an installation as root), then try again.',
    },
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR|ENOTCACHED)\b|network (request|timeout)/i,
    {
      zh: '连不上 npm 源。请检查网络与代理（`npm config get registry`、`npm config get proxy`、环境变量 HTTPS_PROXY），然后重试；已下载的部分会保留。',
      en: 'The npm registry cannot be reached. Check the network and the proxy (`npm config get registry`, `npm config get proxy`, the variable HTTPS_PROXY) and try again; what was downloaded is kept.',
    },
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|CERT_HAS_EXPIRED|unable to (get|verify)/i,
    {
      zh: 'npm 源的证书不被信任（常见于公司代理）。请把公司根证书写入 `npm config set cafile 文件` 或环境变量 NODE_EXTRA_CA_CERTS。',
      en: "The registry's certificate is not trusted (common behind a company proxy). Set the company's root certificate: `npm config set cafile FILE` or the variable NODE_EXTRA_CA_CERTS.",
    },
  ],
  [
    /\bE40[13]\b|\bE407\b/,
    { zh: 'npm 源拒绝了访问（需要登录或代理认证）。请检查 ~/.npmrc。', en: 'The registry refused access (a login or proxy credentials are needed). Check ~/.npmrc.' },
  ],
  [
    /\b(E404|ETARGET|EUSAGE)\b|Missing: .* from lock file/,
    {
      zh: '所用的 npm 源缺少锁文件里的某个版本，或 package-lock.json 与 package.json 不一致。请恢复这两个文件，或换一个完整的源。',
      en: 'The registry in use lacks a version that the lock names, or package-lock.json and package.json disagree. Restore both files, or use a complete registry.',
    },
  ],
  [
    /\bEINTEGRITY\b/,
    { zh: '下载的包与锁文件的校验值不符。请运行 `npm cache verify` 后重试。', en: 'A downloaded package does not match the checksum in the lock. Run `npm cache verify` and try again.' },
  ],
  [
    /allow-?scripts|install scripts/i,
    {
      zh: '有依赖想运行安装脚本而未被允许。请恢复 package.json 的 allowScripts 与 .npmrc。',
      en: 'A dependency wanted to run an install script that is not allowed. Restore allowScripts in package.json, and .npmrc.',
    },
  ],
]

/**
 * What to do after `npm ci` failed.
 * @param {string} output everything npm printed
 * @returns {Advice}
 */
export function explainInstallFailure(output) {
  const known = causes.find(([pattern]) => pattern.test(output))
  if (known) return known[1]
  return { zh: '原因见上面 npm 的输出。', en: "npm's output above says why." }
}
