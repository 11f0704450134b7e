import { expect } from '@jest/globals';
import type { ApiAnswer } from './api-client.js';
import { documentFaults } from './faults/document-faults.js';
import { headerFaults } from './faults/header-faults.js';

/** What of an answer breaks JSON:API 1.1 or the contract's rules for every answer; empty when nothing does. */
export function jsonApiFaults(answer: ApiAnswer): string[] {
  const faults = headerFaults(answer);
  if (answer.bytes.length === 0) return faults;
  try {
    return [...faults, ...documentFaults(answer.document, answer)];
  } catch (error) {
    return [...faults, `the body is not JSON: ${String(error)}`];
  }
}

expect.extend({
  toBeJsonApiDocument(answer: ApiAnswer) {
    const faults = answer.bytes.length === 0 ? ['there is no body'] : jsonApiFaults(answer);
    return {
      pass: faults.length === 0,
      message: () => `The answer ${answer.status} ${answer.text}\n${faults.join('\n')}`,
    };
  },
});

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the typings of jest are a namespace
  namespace jest {
    interface Matchers<R> {
      /** The answer has a document, and it is one of JSON:API 1.1 with the headers that every answer carries. */
      toBeJsonApiDocument(): R;
    }
  }
}
