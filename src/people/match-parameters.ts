import { JsonApiError, type Problem } from '../jsonapi/index.js';
import { problem } from '../jsonapi/http/index.js';
import type { MatchPolicy } from './merge/index.js';

export interface MatchParameters {
  readonly dryRun: boolean;
  readonly policy: Partial<MatchPolicy>;
}

export const CONFLICTING_REF = ['by_name', 'match', 'separate'];
export const BOOLEAN = ['true', 'false'];

/** `dry_run`, `conflicting_ref` and `name_guard` of `POST /people`. @throws JsonApiError 400 */
export function readMatchParameters(own: ReadonlyMap<string, string>): MatchParameters {
  const problems: Problem[] = [];
  const oneOf = (name: string, allowed: readonly string[]): string | undefined => {
    const value = own.get(name);
    if (value !== undefined && !allowed.includes(value))
      problems.push(problem(name, `Write ${name}=${allowed.join(' or ')}.`));
    return value;
  };
  const dryRun = oneOf('dry_run', BOOLEAN) === 'true';
  const conflictingRef = oneOf('conflicting_ref', CONFLICTING_REF) as
    MatchPolicy['conflictingRef'] | undefined;
  const nameGuard = oneOf('name_guard', BOOLEAN);
  if (problems.length > 0) throw new JsonApiError(problems);
  return {
    dryRun,
    policy: { conflictingRef, nameGuard: nameGuard === undefined ? undefined : nameGuard === 'true' },
  };
}
