export interface SearchTerm {
  readonly text: string;
  /** The digits alone, when it is written like a number: without the zeros before it and what parts it. */
  readonly digits?: string;
}

const MAX_LENGTH = 200;
const MAX_TERMS = 8;
const NUMBER = /^[+\d().\-/]*$/;
/** Fewer digits are in every other number. */
const FEWEST_DIGITS = 3;

/** The words of a search; what is written like a number may have blanks in it. All of them are to be met. */
export function searchTerms(text: string): SearchTerm[] {
  const words = text.trim().split(/\s+/u).filter(Boolean);
  const joined: string[] = [];
  let number = false;
  for (const word of words) {
    const further = number && NUMBER.test(word);
    number = NUMBER.test(word);
    if (further) joined.push(`${joined.pop()}${word}`);
    else joined.push(word);
  }
  return joined.map((word) => {
    const digits = NUMBER.test(word) ? word.replace(/\D/g, '').replace(/^0+/, '') : '';
    return digits.length >= FEWEST_DIGITS ? { text: word, digits } : { text: word };
  });
}

/** The sentence that says why a text cannot be searched for. */
export function searchFault(text: string): string | undefined {
  const terms = searchTerms(text).length;
  if (terms >= 1 && terms <= MAX_TERMS && text.length <= MAX_LENGTH) return undefined;
  return `Search for 1 to ${MAX_TERMS} words, in ${MAX_LENGTH} characters at most.`;
}
