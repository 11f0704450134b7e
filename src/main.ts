import 'reflect-metadata';
import { serve } from './start.js';

const LONGEST_END_MS = 9_500;

// The terminal and npm may both hand on the same Ctrl-C; from the second on nothing happens.
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
stop.signal.addEventListener('abort', () => setTimeout(() => process.exit(0), LONGEST_END_MS).unref());

serve(stop.signal).then(
  () => process.exit(0),
  // A setting that cannot be used, a database that is not there: sentences for a person, not a stack.
  (error: unknown) => {
    const sentences = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\n${sentences}\n\n`, () => process.exit(1));
  },
);
