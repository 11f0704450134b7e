import { JsonApiError } from '../jsonapi/index.js';
import { parseQueryString, problem, type JsonApiRequest } from '../jsonapi/http/index.js';

/** The routes of sessions have no parameters but the token. @throws JsonApiError 400 naming each other one */
export function checkParameters({ originalUrl, lenient }: JsonApiRequest): void {
  const start = originalUrl.indexOf('?');
  if (start < 0) return;
  const { parameters, problems } = parseQueryString(originalUrl.slice(start + 1));
  const unknown = lenient ? [] : parameters.filter(({ name }) => name !== 'access_token');
  const found = unknown.map(({ name }) =>
    problem(name, `The parameter "${name}" is not known here; leave it out.`),
  );
  if (problems.length + found.length > 0) throw new JsonApiError([...problems, ...found]);
}
