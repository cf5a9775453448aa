export async function benchLatency(_choice: { rate: number; samples: number }): Promise<void> {}
