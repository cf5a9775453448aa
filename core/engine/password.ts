import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const LOG_N = 15
const BLOCK = 8
const PARALLEL = 1
const LENGTH = 32

function derive(password: string, salt: Buffer, logN: number, r: number, p: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const cost = { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r }
    scrypt(password.normalize('NFC'), salt, LENGTH, cost, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

/** The password's scrypt hash with its own salt and cost, `scrypt$15$8$1$SALT$KEY`, so that the cost may change for later ones. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, LOG_N, BLOCK, PARALLEL)
  return `scrypt$${LOG_N}$${BLOCK}$${PARALLEL}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

// Belongs to no password: checked where there is no account, so that the answer takes as long as for one that exists.
const NOBODY = `scrypt$${LOG_N}$${BLOCK}$${PARALLEL}$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(LENGTH).toString('base64url')}`

/** Whether the password is the one that was hashed; `null` (no such account) takes the same time and is false. */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const [name, logN, r, p, salt = '', key = ''] = (hash ?? NOBODY).split('$')
  const wanted = Buffer.from(key, 'base64url')
  if (name !== 'scrypt' || wanted.length !== LENGTH) throw new Error('a stored password hash is not one of scrypt')
  const found = await derive(password, Buffer.from(salt, 'base64url'), Number(logN), Number(r), Number(p))
  return timingSafeEqual(found, wanted) && hash !== null
}

// Without 0 O 1 l I, which are mistaken for each other when copied by hand.
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A random text of `length` characters that is easy to copy; 5.8 bits each. */
export function randomText(length: number, letters = LETTERS): string {
  let text = ''
  while (text.length < length) {
    // Bytes beyond the last whole multiple would make the first letters likelier.
    const kept = randomBytes(2 * length).filter((byte) => byte < Math.floor(256 / letters.length) * letters.length)
    text += Array.from(kept, (byte) => letters[byte % letters.length]).join('')
  }
  return text.slice(0, length)
}
