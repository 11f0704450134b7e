/** The profile that pages by cursors; `size` errors and links of errors are told as it says. */
export const CURSOR_PROFILE = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination';

const SPELLINGS = /^https?:\/\/jsonapi\.org\/profiles\/ethanresnick\/cursor-pagination\/?$/;

/** The profile as a client spells it; undefined when it does not ask for it. */
export const askedCursorProfile = (profiles: readonly string[]): string | undefined =>
  profiles.find((uri) => SPELLINGS.test(uri));
