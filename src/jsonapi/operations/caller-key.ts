/** Tells the callers of the deployment apart: the same for an actor in every session, another for every other. */
export type CallerKey = (actor: unknown) => string;

/** Nest's token for the deployment's {@link CallerKey}. */
export const CALLER_KEY = Symbol('CallerKey');

/** What an actor may, as a text to be kept, and whether she may all of that still. */
export interface CallerReach {
  of(actor: unknown): string;
  covers(actor: unknown, kept: string): boolean;
}

/** Nest's token for the deployment's {@link CallerReach}. */
export const CALLER_REACH = Symbol('CallerReach');

/** Stands in a table for what nobody shall read or guess there, not even by trying what it might be. */
export type KeyedDigest = (text: string) => string;

/** Nest's token for the deployment's {@link KeyedDigest}. */
export const KEYED_DIGEST = Symbol('KeyedDigest');
