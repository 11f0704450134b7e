const SURROGATE = /\p{Surrogate}/u;

/** PostgreSQL holds any text but NUL, and UTF-8 cannot say half a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes('\0') && !SURROGATE.test(text);
