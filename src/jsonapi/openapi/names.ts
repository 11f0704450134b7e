/** `group_membership` -> `GroupMembership`: the name of a schema. */
export const pascal = (name: string): string =>
  name.replace(/(^|_)([a-z0-9])/g, (_match, _before, letter: string) => letter.toUpperCase());

/** `group_membership` -> `group membership`: in sentences. */
export const words = (name: string): string => name.replaceAll('_', ' ');

/** `email_address` -> `an email address`. */
export const oneOf = (name: string): string => `${/^[aeio]/.test(name) ? 'an' : 'a'} ${words(name)}`;
