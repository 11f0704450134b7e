/** The body of POST /people; `included` as `[type, attributes]`. */
export function person(
  attributes: Record<string, unknown>,
  included: readonly (readonly [type: string, attributes: Record<string, unknown>])[] = [],
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    data: { type: 'person', attributes, ...more },
    ...(included.length > 0 && {
      included: included.map(([type, values]) => ({ type, attributes: values })),
    }),
  };
}

export const email = (address: string, more: Record<string, unknown> = {}) =>
  ['email_address', { email: address, ...more }] as const;

export const phone = (number: string, more: Record<string, unknown> = {}) =>
  ['phone_number', { number, ...more }] as const;

/** `meta.match` of an answer. */
export const matchOf = (answer: { document: { meta?: Record<string, unknown> } }): Record<string, unknown> =>
  answer.document.meta?.['match'] as Record<string, unknown>;
