import type { readiness as zh } from '../zh/readiness.ts'

/** English words of whether people can be reached. */
export const readiness: typeof zh = {
  readiness: {
    title: 'Readiness of people',
    about: 'Whether those whom ladders name, and those on within 14 days, would be told by every channel that each colour uses. That a proof is older than 30 days is only said.',
    mine: 'My readiness',
    mineAbout: 'Whether alerts of each colour would reach you by every channel, at the positions that you hold.',
    loading: 'Loading',
    none: 'Ladders name nobody here.',
    notCalled: 'Ladders do not call your position.',
    counts: '{total} people: unreachable {unreachable}, partly {partly}, reachable {reachable}',
    more: 'The first {shown} are listed',
    state: { reachable: 'reachable', partly: 'partly reachable', unreachable: 'unreachable', not_called: 'not called' },
    why: { on_leave: 'on leave', no_contact: 'no contact for {channels}', no_provider: 'no provider in use for {channels}', missing: 'without {channels}' },
    lacks: { no_contact: 'no contact registered', no_provider: 'no provider in use' },
    channel: { in_app: 'application', im: 'chat', sms: 'SMS', voice: 'call', email: 'e-mail' },
    comma: ', ',
    clause: '; ',
    duty: { primary: 'primary', deputy: 'deputy', now: '{as}, on until {to}', next: '{as}, on from {from}', none: 'holds the position' },
    head: { channel: 'Channel', proof: 'Last proof', test: 'Test' },
    proof: { never: 'none yet', delivered: 'came {at}', answered: 'answered {at}', test: 'test taken by the provider {at}', old: 'older than 30 days' },
    push: { yes: 'browser push is on', no: 'browser push is off: nothing is seen while the desk is closed' },
    send: 'Send me a test',
    sent: 'Test asked for; the result will stand in this row',
    test: { waiting: 'being tested', ok: 'taken by the provider', bad: 'not sent: {why}' },
  },
}
