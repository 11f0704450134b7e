/** What keeps a key that thousands share from filling the answers, the queue and the processor. */
export interface Limits {
  /** So many people or values does a list of an answer name; beside it stands how many it leaves out. */
  readonly told: number;
  /** From so many holders on, a key's holders are asked for by kind instead of looked at one by one. */
  readonly crowd: number;
}

export const LIMITS: Limits = { told: 25, crowd: 64 };
