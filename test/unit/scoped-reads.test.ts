import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { scopeOf } from '../../core/domain/access.ts'
import type { Scope } from '../../core/domain/region.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** What the server may call without a scope, and why that shows nobody anything (invariant 14). */
const WITHOUT: Readonly<Record<string, string>> = {
  // Who is calling is not known yet: the answer goes to nobody, it becomes the scope.
  loadCredentials: 'login', findApiKey: 'token', findWallDevice: 'token', loadSessionData: 'session', loadSessionOwners: 'session', loadLiveWallDevices: 'session',
  loadPairing: 'by the claim that only the wall itself holds', countPairings: 'a number, never given out',
  // The feed is read once for everybody; server/audience.ts decides row by row who gets it (test/system/scope-socket.test.ts).
  lockRetention: 'a lock',
  // The calendar is one for everybody.
  putCalendarYear: 'the calendar', putCalendarTag: 'the calendar', viewYear: 'the calendar',
  // So are the rules; which places' rules and trials a caller may read, server/rule-scopes.ts says before they are asked for (test/system/http-rule-scopes.test.ts).
  changeKeywords: 'the dictionary', viewKeywords: 'the dictionary', viewKeywordHistory: 'the dictionary', tryText: 'the dictionary and the caller’s own text',
  changeCommonWords: 'the words that all categories have in common, of the deployment',
  changeRule: 'the rules', viewRules: 'the rules', viewRuleHistory: 'the rules',
  startTrial: 'the rules', startRiskTrial: 'the rules', endTrial: 'by the reader’s places', viewTrials: 'by the reader’s places', viewOneTrial: 'by the reader’s places',
  changeLadders: 'the ladders', viewLadders: 'the ladders', viewLaddersHistory: 'the ladders',
  changeSettings: 'the settings', viewSettings: 'the settings', viewSettingsHistory: 'the settings',
  changeRiskRule: 'the rules', viewRiskRules: 'the rules', viewRiskHistory: 'the rules',
  // What lies in the subtree of a place that regionInScope has let through (test/system/scope.test.ts).
  previewLadder: 'by a place of the caller', previewQuiet: 'by a place of the caller', putUpWindow: 'by a place of the caller',
  askBackTest: 'by a place of the caller; it answers an id', explanationOfRisk: 'by a place of the caller',
  // Decided under the lock by the actor’s own place; a case elsewhere is as unknown as none (test/system/http-cases.test.ts).
  mergeCases: 'by the actor’s place', splitCase: 'by the actor’s place',
  // Of a position whose region regionInScope has let through (test/system/http-rosters.test.ts); the desk carries the scope of who changes it.
  putRoster: 'the desk’s scope', changeRoster: 'the desk’s scope', withdrawChange: 'the desk’s scope', rosterView: 'the settings', settleVacancy: 'it answers nothing',
  // The reader carries his scope (test/system/http-handovers.test.ts).
  viewHandover: 'the reader’s scope', sign: 'the reader’s scope',
  // The writer carries his scope (test/system/http-reviews.test.ts).
  addReviewMeasure: 'the writer’s scope', finishReviewMeasure: 'the writer’s scope', signReview: 'the writer’s scope',
  cardOf: 'of alerts that a read with a scope has just found',
  // A gateway is let in by its signature alone, and is told nothing of an alert; what a scoped read has just found and locked (test/system/http-channels.test.ts).
  // A link that we wrote is its own proof, and says of an alert what its page said (test/system/http-ack-links.test.ts).
  viewAckLink: 'the link', acknowledgeByLink: 'the link',
  loadReceiptSecret: 'signature', takeReceipt: 'signature', takeSmsReply: 'signature', takeCardPress: 'signature', takePushReceipt: 'the page’s own token', subscribePush: 'his own', countPush: 'his own', pushPublicKey: 'a public key', loadOwnPushRows: 'his own', removePush: 'his own', openContacts: 'of a person that a read with a scope has just found', askForTest: 'of a provider that a read with a scope has just locked',
  takenLogins: 'whether a login exists',
  mendMappings: 'by the id of the mapping that the caller has just made; it answers nothing',
  loadFeedAfter: 'audience', latestSeq: 'a number', oldestSeq: 'a number', listenToFeed: 'a bell',
  latestBeat: 'health', readHeartbeat: 'health: times of canaries, which are nobody’s', loadLastSeal: 'health: a time', appliedMigrations: 'health',
}
/** Functions that write about something the caller has been shown to own, or about himself. */
const WRITES = /^(insert|save|extend|delete|touch|record|confirm|claim|mark|inEngine|is|hash|random|seal|move|accept|presentable)/

/** Names imported by a server file from the stores and the engine, with the file that they come from. */
function importsOf(file: string): { name: string; from: string }[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/import (type )?\{([^}]+)\} from '([^']*core\/(?:store|engine)\/[^']+)'/g)].flatMap(([, isType, names = '', from = '']) =>
    isType !== undefined ? [] : names.split(',').map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type ')).map((name) => ({ name, from: path.resolve(path.dirname(file), from) })))
}

describe('every read of the server', () => {
  const files = readdirSync(path.join(ROOT, 'server'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => path.join(ROOT, 'server', file))
  const used = new Map(files.flatMap(importsOf).map(({ name, from }) => [name, from]))

  test('takes a scope, or is named here with the reason why not', () => {
    expect(used.size).toBeGreaterThan(30)
    const unscoped: string[] = []
    for (const [name, from] of used) {
      const signature = new RegExp(`export (?:async )?function ${name}(?:<[^>]*>)?\\(([\\s\\S]*?)\\): `).exec(readFileSync(from, 'utf8'))?.[1]
      const takesScope = signature !== undefined && /\b(scope: Scope|context: \w+Context)\b/.test(signature)
      if (signature !== undefined && !takesScope && !WRITES.test(name) && !(name in WITHOUT)) unscoped.push(`${name} of ${path.relative(ROOT, from)}(${signature})`)
    }
    expect(unscoped).toEqual([])
  })

  test('that is excused here is still in use: an excuse does not outlive its reason', () => {
    expect(Object.keys(WITHOUT).filter((name) => !used.has(name))).toEqual([])
  })

  test('takes a scope that only a place in the tree can make: a bare object does not compile', () => {
    const read = (scope: Scope) => scope.path
    // @ts-expect-error: this is what invariant 14 forbids; if it compiles, the type check of the tests fails here
    expect(read({ regionCode: '32', path: '/00/32/' })).toBe('/00/32/')
    expect(read(scopeOf({ code: '32', path: '/00/32/' }))).toBe('/00/32/')
  })
})
