import { callerKey, type Actor, type SignInLimit } from '../auth/index.js';

/** That a reference is taken tells of a group that may be out of reach: nobody asks for thousands. @throws JsonApiError 429 */
export const countingTaken = <T>(limit: SignInLimit, actor: Actor, write: () => Promise<T>): Promise<T> =>
  limit.attemptHere(`group references by ${callerKey(actor)}`, write, 'external_ref_taken');
