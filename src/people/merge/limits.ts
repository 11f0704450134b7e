/** What keeps a key that thousands share from filling the answers, the queue and the processor. */
export interface Limits {
  /** So many people or values does a list of an answer name; beside it stands how many it leaves out. */
  readonly told: number;
  /** From so many holders on, a key's holders are asked for by kind instead of looked at one by one. */
  readonly crowd: number;
  /** That two people share a key which more people than this hold makes no pair of them. */
  readonly paired: number;
  /** So many of a key's holders does a request read and lock, beside those whom the names single out. */
  readonly read: number;
}

export const LIMITS: Limits = { told: 25, crowd: 64, paired: 64, read: 250 };
