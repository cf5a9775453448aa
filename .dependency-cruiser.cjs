// Who may import whom. Each rule carries the sentence that explains it; test/unit/architecture.test.ts plants a violation of
// each. `npm run check` runs them over the tree.

const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to })

/** An import that is compiled away. */
const typeOnly = 'type-only'

module.exports = {
  forbidden: [
    forbid(
      'domain-stands-alone',
      { path: '^core/domain/' },
      { pathNot: '^core/domain/|node_modules/temporal-polyfill/' },
      'The rules of the trade are pure functions: no I/O, no layer above, and no library but the calendar.',
    ),
    forbid(
      'contract-on-domain-and-typebox',
      { path: '^core/contract/' },
      { pathNot: '^core/(contract|domain)/|node_modules/typebox/' },
      'The contract is compiled into the browser; whatever it imports goes there too.',
    ),
    forbid(
      'platform-knows-no-trade',
      { path: '^core/platform/' },
      { path: '^core/(?!platform/|domain/)|^core/domain/(?!time\\.ts$)' },
      'Plumbing is plumbing. It may know what an Instant is, and nothing else about Tocsin.',
    ),
    forbid(
      'store-turns-rows-into-facts',
      { path: '^core/store/' },
      { path: '^core/(?!store/|domain/|platform/)' },
      'A store speaks the words of the trade. What goes on the wire or on a queue is for its callers to say.',
    ),
    forbid(
      'queue-knows-no-store',
      { path: '^core/queue/' },
      { path: '^core/(?!queue/|domain/|contract/|platform/)' },
      'Handing on is not saving.',
    ),
    forbid(
      'core-knows-no-process',
      { path: '^core/' },
      { path: '^(server|workers|web|migrations)/' },
      'core is what the processes stand on; it cannot stand on them.',
    ),
    forbid(
      'sql-lives-in-the-store',
      { path: '^(core|server|workers|web)/', pathNot: '^core/(store|platform|queue)/' },
      { path: 'node_modules/(@types/)?(pg|pg-copy-streams|pg-cursor|pg-query-stream)/' },
      'Queries are written in core/store. Everyone else passes the pool along, by the types of core/platform.',
    ),
    forbid(
      'migrations-stand-on-plumbing',
      { path: '^migrations/' },
      { path: '^(core/(?!platform/)|server/|workers/|web/)' },
      'A migration outlives the code of its day; it may not lean on it.',
    ),
    forbid(
      'server-and-workers-are-strangers',
      { path: '^(server|workers)/' },
      { path: '^(server|workers)/', pathNot: '^$1/' },
      'The two processes meet in the queue and in the database, never in memory.',
    ),
    forbid(
      'processes-stand-on-core',
      { path: '^(server|workers)/' },
      { path: '^(web|migrations)/' },
      'What a process needs is in core. Only a composition root in bin/ puts more together.',
    ),
    forbid(
      'workers-do-not-call-workers',
      { path: '^workers/(?!main\\.ts$)' },
      { path: '^workers/[^/]+\\.ts$' },
      'A stage hands on through a queue or a row, so that it can be retried alone. Steps that stages share are in workers/engine.',
    ),
    forbid(
      'stages-keep-to-themselves',
      { path: '^workers/([^/]+)/' },
      { path: '^workers/[^/]+/', pathNot: '^workers/(engine|channels|$1)/' },
      "One stage's folder is not another's library. Steps that stages share are in workers/engine.",
    ),
    forbid(
      'web-sees-the-contract-only',
      { path: '^web/', pathNot: '^web/vite\\.config\\.ts$' },
      { path: '^(core/(?!contract/|domain/)|server/|workers/|migrations/)' },
      'The browser shares words with the server, not code.',
    ),
    forbid(
      'web-takes-only-types-of-the-domain',
      { path: '^web/' },
      { path: '^core/domain/', dependencyTypesNot: [typeOnly] },
      'What is decided is decided once, on the server; the browser may only know how the answer looks.',
    ),
    forbid(
      'web-runs-in-a-browser',
      { path: '^web/', pathNot: '^web/vite\\.config\\.ts$' },
      { dependencyTypes: ['core'] },
      'There is no Node.js in a browser.',
    ),
    forbid(
      'a-main-is-run-not-imported',
      { pathNot: '^(bin|test)/' },
      { path: '^(server|workers)/main\\.ts$' },
      'A composition root is put together in bin/, not imported.',
    ),
    forbid('nothing-imports-bin', { pathNot: '^(bin|test)/' }, { path: '^bin/' }, 'bin/ is where the command line begins; nothing stands on it.'),
    forbid(
      'nothing-ships-tests',
      { pathNot: '^(test/|vitest\\.config\\.ts$)' },
      { path: '^test/|node_modules/(vitest|fast-check|@fast-check|playwright-core|@axe-core|axe-core)/' },
      'Tests import the product; never the reverse.',
    ),
    forbid(
      'what-ships-needs-no-dev-package',
      { path: '^(core|server|workers|migrations)/|^bin/(?!ci/).*\\.ts$' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: [typeOnly], pathNot: 'node_modules/@types/' },
      'The image is installed with --omit=dev; a dev package is not there.',
    ),
    forbid(
      'no-circles',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: [typeOnly] } },
      'Two files that need each other are one file, or three.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/dist/' },
    // A type-only import is an import: it ties one layer to the words of another.
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.vue', '.mjs', '.js', '.cjs', '.json'],
    },
  },
}
