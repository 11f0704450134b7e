import { tokensOf } from './local-ids.js';
import type { Addition, AtomicOperation } from './read-operations.js';

/** What is done at once: resources of one type that do not name each other, or any other operation alone. */
export type Step =
  | { readonly additions: readonly [Addition, ...Addition[]] }
  | { readonly operation: Exclude<AtomicOperation, Addition> };

/** The operations in their order, in as few steps as that allows. */
export function stepsOf(operations: readonly AtomicOperation[]): Step[] {
  const steps: Step[] = [];
  let run: [Addition, ...Addition[]] | undefined;
  let made = new Set<string>();
  for (const operation of operations) {
    if (operation.kind !== 'add') {
      steps.push({ operation });
      run = undefined;
      continue;
    }
    const joins =
      run?.[0].resource === operation.resource && !tokensOf(operation.draft).some((token) => made.has(token));
    if (run && joins) run.push(operation);
    else {
      run = [operation];
      made = new Set();
      steps.push({ additions: run });
    }
    if (operation.token !== undefined) made.add(operation.token);
  }
  return steps;
}
