import type { OperationContext } from './operation.js';
import type { ShowResource } from './show-resource.js';

/**
 * Runs a write of the resource `id` with the `If-Match` of the request as its `precondition`. Only the operation knows
 * when the row is locked, so it has to ask; one that forgets would overwrite what the client never saw.
 */
export async function underCondition<T>(
  show: ShowResource,
  context: OperationContext,
  id: string,
  write: (context: OperationContext) => Promise<T>,
): Promise<T> {
  if (context.ifMatch === undefined) return write(context);
  let asked = false;
  const written = await write({
    ...context,
    precondition: async (tx) => {
      asked = true;
      await show.requireMatch(tx, context, id);
    },
  });
  if (!asked) throw new Error(`A write of ${context.resource.type} has not asked for its precondition`);
  return written;
}
