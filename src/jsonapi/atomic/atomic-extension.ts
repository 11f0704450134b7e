/** Several writes that stand or fall as one: https://jsonapi.org/ext/atomic. */
export const ATOMIC = 'https://jsonapi.org/ext/atomic';

/** The members that the extension adds to a document. */
export const OPERATIONS = 'atomic:operations';
export const RESULTS = 'atomic:results';
