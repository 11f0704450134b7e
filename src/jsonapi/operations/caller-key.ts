/** Tells the callers of the deployment apart: the same for an actor in every session, another for every other. */
export type CallerKey = (actor: unknown) => string;

/** Nest's token for the deployment's {@link CallerKey}. */
export const CALLER_KEY = Symbol('CallerKey');
