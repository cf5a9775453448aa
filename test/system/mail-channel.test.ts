import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SECOND } from '../../core/domain/time.ts'
import { T } from '../support/alert-builders.ts'
import { addProvider, channelWorld, CONTACTS, type Page, pages, run, setContacts } from '../support/channel-scene.ts'
import { type Mail, mailServer } from '../support/mail-server.ts'
import { mailbox } from '../support/mailbox.ts'

describe('e-mail', () => {
  const mailScene = async () => {
    const box = await mailbox()
    const world = await channelWorld(['email'])
    const manager = await world.user('duty_manager', '32')
    await setContacts(world, manager.userId, CONTACTS)
    await addProvider(world, 'smtp', box.url, { account: 'tocsin', sender: 'tocsin@staff.example' })
    const alert = await world.raise()
    return { box, world, manager, alert }
  }

  test('is sent after a login, with an id of its own and both languages, and counts as delivered when the server took it', async () => {
    const { box, world } = await mailScene()
    await run(world, T)
    const [page] = await pages(world)
    expect(box.mails).toMatchObject([{ to: ['someone@staff.example'], user: 'tocsin' }])
    expect(box.mails[0]?.text).toContain(`Message-ID: <${page?.delivery_id}@tocsin>`)
    expect(box.mails[0]?.text).toMatch(/^From: tocsin@staff\.example/m)
    expect(page).toMatchObject({ state: 'delivered', delivered_at: T, fallback_at: null })
  })

  test('that the server refuses for good is not sent again; one that it cannot take now is', async () => {
    const never = await mailScene()
    never.box.answer = () => Object.assign(new Error('no such user'), { responseCode: 550 })
    await run(never.world, T)
    expect((await pages(never.world))[0]).toMatchObject({ state: 'failed', outcome: 'SMTP 550' })
    const later = await mailScene()
    later.box.answer = () => Object.assign(new Error('greylisted'), { responseCode: 451 })
    await run(later.world, T)
    expect((await pages(later.world))[0]).toMatchObject({ state: 'queued', outcome: 'SMTP 451' })
    later.box.answer = () => null
    await run(later.world, T + 2 * SECOND)
    expect((await pages(later.world))[0]).toMatchObject({ state: 'delivered', attempts: 2 })
  })

  test('to a server that offers no login goes without one, and no password is said', async () => {
    const mails: Mail[] = []
    const { url, close } = await mailServer({ take: (mail) => { mails.push(mail); return 'answer' } })
    onTestFinished(close)
    const world = await channelWorld(['email'])
    const manager = await world.user('duty_manager', '32')
    await setContacts(world, manager.userId, CONTACTS)
    await addProvider(world, 'smtp', url, { account: 'tocsin', sender: 'tocsin@staff.example' })
    await world.raise()
    await run(world, T)
    expect(mails).toMatchObject([{ to: ['someone@staff.example'], user: undefined }])
    expect((await pages(world))[0]).toMatchObject({ state: 'delivered' })
  })

  test('is logged in for before the last look: an answer that comes meanwhile is not overtaken (invariant 9)', async () => {
    const { box, world, manager, alert } = await mailScene()
    box.beforeLogin = () => {
      world.clock.advance(2 * SECOND)
      return world.move(alert.id, { move: 'ack' }, manager)
    }
    await run(world, T)
    expect(box.mails).toEqual([])
    expect(await pages(world)).toMatchObject([{ channel: 'email', state: 'cancelled' }])
  })

  test('whose connection breaks after the text may have arrived: sent once more, marked, under the same id', async () => {
    const { box, world } = await mailScene()
    box.breaks = 'after the text'
    await run(world, T)
    expect((await pages(world))[0]).toMatchObject({ state: 'ambiguous', outcome: expect.stringContaining('no answer') })
    box.breaks = null
    await run(world, T + 5 * SECOND)
    const [page] = await pages(world)
    expect(page).toMatchObject({ state: 'delivered', attempts: 2 })
    expect(box.mails).toHaveLength(2)
    expect(box.mails.map(({ text }) => /^Message-ID: (.*)$/m.exec(text)?.[1]?.trim())).toEqual([`<${page?.delivery_id}@tocsin>`, `<${page?.delivery_id}@tocsin>`])
    expect(box.mails.map(({ text }) => /^X-Tocsin-Repeat: yes/im.test(text))).toEqual([false, true])
  })

  test('whose connection breaks before the text was asked for is sent again as the first, and says by its headers what it is about', async () => {
    const { box, world } = await mailScene()
    box.breaks = 'at the recipient'
    await run(world, T)
    expect((await pages(world))[0]).toMatchObject({ state: 'queued', outcome: expect.stringContaining('not reached') })
    box.breaks = null
    await run(world, T + 2 * SECOND)
    const [page] = await pages(world)
    expect(page).toMatchObject({ state: 'delivered', attempts: 2 })
    const { alertId, ruleId } = (page as Page).payload as { alertId: string; ruleId: string }
    const headers = (box.mails[0]?.text ?? '').split('\r\n\r\n')[0]?.split('\r\n') ?? []
    expect(headers.filter((line) => /^x-tocsin/i.test(line)).map((line) => line.toLowerCase()).sort()).toEqual(
      [`x-tocsin-alert: ${alertId}`, 'x-tocsin-colour: yellow', `x-tocsin-rule: ${ruleId.toLowerCase()}`, 'x-tocsin-step: 0'],
    )
  })

  test('to a server that is silent, absent or not allowed says so', async () => {
    const silent = net.createServer(() => undefined)
    // Each line of its answer comes in time, and there is no end to them.
    const endless = net.createServer((socket) => {
      socket.write('220 hello\r\n')
      const timer = setInterval(() => socket.write('250-still here\r\n'), 1_000)
      socket.once('close', () => clearInterval(timer)).on('error', () => undefined)
    })
    for (const server of [silent, endless]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void server.close())
    }
    for (const [url, expected] of [
      [`smtp://127.0.0.1:${(endless.address() as AddressInfo).port}`, { state: 'queued', outcome: expect.stringContaining('not reached') }],
      [`smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`, { state: 'queued', outcome: expect.stringContaining('not reached') }],
      ['smtp://127.0.0.1:1', { state: 'queued', outcome: expect.stringContaining('not reached') }],
      ['smtp://10.0.0.1:25', { state: 'failed', outcome: expect.stringContaining('TOCSIN_WEBHOOK_ALLOW') }],
    ] as const) {
      const world = await channelWorld(['email'])
      const manager = await world.user('duty_manager', '32')
      await setContacts(world, manager.userId, CONTACTS)
      await addProvider(world, 'smtp', url, { sender: 'tocsin@staff.example' })
      await world.raise()
      await run(world, T)
      expect((await pages(world))[0]).toMatchObject(expected)
    }
  }, 30_000)
})
