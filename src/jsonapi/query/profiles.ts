/** The profile that pages by cursors; `size` errors and links of errors are told as it says. */
export const CURSOR_PROFILE = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination';

const SPELLINGS = /^https?:\/\/jsonapi\.org\/profiles\/ethanresnick\/cursor-pagination\/?$/;

/** The profile as a client spells it; undefined when it does not ask for it. */
export const askedCursorProfile = (profiles: readonly string[]): string | undefined =>
  profiles.find((uri) => SPELLINGS.test(uri));

/** Where the profile of the filters and pages stands, below the server's own address. */
export const OWN_PROFILE_PATH = '/profiles/people';

/**
 * The profile of the filters and pages, as a client spells it; undefined when it does not ask for it.
 * @param origins the addresses that are this server's
 */
export const askedOwnProfile = (
  profiles: readonly string[],
  origins: readonly string[],
): string | undefined =>
  profiles.find((uri) => ['', ...origins].some((origin) => uri === `${origin}${OWN_PROFILE_PATH}`));
