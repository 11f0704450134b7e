import type { SessionView, SignedIn } from './sessions.service.js';

interface ToOneLinkage {
  readonly data: { readonly type: string; readonly id: string };
}

/** A `session` resource object. It says whose it is by linkage alone: user and person have URLs of their own. */
export interface SessionResource {
  readonly type: 'session';
  readonly id: string;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly relationships: { readonly user: ToOneLinkage; readonly person: ToOneLinkage };
  readonly links: { readonly self: string };
}

export interface SessionDocument {
  readonly jsonapi: { readonly version: '1.1' };
  readonly links: { readonly self: string };
  readonly data: SessionResource | readonly SessionResource[];
}

const PATH = '/apis/v4/sessions';

/** One session, or the list of them. @param origin `PUBLIC_URL`, or empty: links are then path-absolute */
export function sessionDocument(
  sessions: SessionView | readonly SessionView[],
  origin = '',
): SessionDocument {
  const url = `${origin}${PATH}`;
  if (isList(sessions))
    return {
      jsonapi: { version: '1.1' },
      links: { self: url },
      data: sessions.map((one) => resource(one, url)),
    };
  const data = resource(sessions, url);
  return { jsonapi: { version: '1.1' }, links: data.links, data };
}

function resource(session: SessionView | SignedIn, url: string): SessionResource {
  return {
    type: 'session',
    id: session.id,
    attributes: {
      created_at: session.createdAt,
      last_used_at: session.lastUsedAt,
      user_agent: session.userAgent,
      expires_at: session.expiresAt,
      ...('token' in session && { token: session.token }),
    },
    relationships: {
      user: { data: { type: 'user', id: session.userId } },
      person: { data: { type: 'person', id: session.personId } },
    },
    links: { self: `${url}/${session.id}` },
  };
}

const isList = (sessions: SessionView | readonly SessionView[]): sessions is readonly SessionView[] =>
  Array.isArray(sessions);
