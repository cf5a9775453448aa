const KEY = 'tocsin.wallToken'

/** The device token of this wall, kept over restarts; null before pairing. */
export const keptWallToken = (): string | null => localStorage.getItem(KEY)
export const keepWallToken = (token: string): void => localStorage.setItem(KEY, token)
export const dropWallToken = (): void => localStorage.removeItem(KEY)
