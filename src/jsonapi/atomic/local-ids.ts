import type { Draft } from '../request/read-draft.js';
import type { LinkageDraft } from '../request/read-linkage.js';

/** Stands for the id of a resource that an operation before will have made. */
const TOKEN = /^@lid:\d+$/;

/** The `lid`s of a document, by type. While it is read each gets a token, in place of the id that nobody knows yet. */
export class LocalIds {
  private readonly tokens = new Map<string, string>();

  /** @returns its token */
  declare(type: string, lid: string): string {
    const token = `@lid:${this.tokens.size}`;
    this.tokens.set(JSON.stringify([type, lid]), token);
    return token;
  }

  /** The token of what was declared before. */
  readonly refer = (type: string, lid: string): string | undefined =>
    this.tokens.get(JSON.stringify([type, lid]));
}

/** The ids behind the tokens, as far as the operations have come. */
export class KnownIds {
  private readonly ids = new Map<string, string>();

  learn(token: string, id: string): void {
    this.ids.set(token, id);
  }

  /** Any other text is what it is. */
  readonly idOf = (text: string): string => this.ids.get(text) ?? text;

  draft(draft: Draft): Draft {
    const ends = Object.entries(draft.relationships).map(([name, end]) => [name, this.ends(end)]);
    return {
      ...draft,
      id: draft.id === undefined ? undefined : this.idOf(draft.id),
      relationships: Object.fromEntries(ends) as Draft['relationships'],
    };
  }

  linkage(linkage: LinkageDraft): LinkageDraft {
    return { ...linkage, ends: this.ends(linkage.ends) };
  }

  private ends(ends: LinkageDraft['ends']): LinkageDraft['ends'] {
    if (ends === null) return null;
    return typeof ends === 'string' ? this.idOf(ends) : ends.map(this.idOf);
  }
}

export const isToken = (text: string): boolean => TOKEN.test(text);

/** The tokens that a draft names. */
export const tokensOf = ({ relationships }: Draft): string[] =>
  Object.values(relationships).flatMap((end) =>
    [end].flat().filter((one) => one !== null && isToken(one)),
  ) as string[];
