import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { MEDIA_TYPE, mediaType } from '../document/document.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import { ANY_MEDIA_TYPE } from './any-media-type.decorator.js';
import { EXTENSION } from './extension.decorator.js';
import type { JsonApiRequest } from './jsonapi-request.js';
import { parseAccept, parseMediaType, type MediaType } from './media-type.js';
import { PlainSpeech } from './plain-routes.js';

const JSON_TYPE = 'application/json';

/** 415, 406, or strict or lenient: the first thing decided of every request (JSON:API 1.1, "Content Negotiation"). */
@Injectable()
export class NegotiateGuard implements CanActivate {
  private readonly routes = new WeakMap<object, Route>();

  constructor(
    private readonly reflector: Reflector,
    private readonly plainSpeech: PlainSpeech,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { anyMediaType, extension } = this.routeOf(context);
    if (anyMediaType) return true;
    const request = context.switchToHttp().getRequest<JsonApiRequest>();
    requireNoCoding(request);
    if (this.plainSpeech.of(request)) return negotiatePlain(request);
    const spoken = hasBody(request) ? spokenType(request.headers['content-type'], extension) : undefined;
    const accepted = acceptedTypes(request.headers.accept);
    const wanted = wantedType(request.headers.accept, accepted, extension);
    request.lenient = (spoken ?? wanted) === JSON_TYPE;
    request.profiles = accepted.filter((type) => isTaken(type, extension)).flatMap(profilesOf);
    request.extension = extension;
    return true;
  }

  /** What stands at the handler and its controller never changes, and takes a while to look up. */
  private routeOf(context: ExecutionContext): Route {
    const handler = context.getHandler();
    const known = this.routes.get(handler);
    if (known) return known;
    const places = [handler, context.getClass()];
    const route = {
      anyMediaType: this.reflector.getAllAndOverride<boolean | undefined>(ANY_MEDIA_TYPE, places) ?? false,
      extension: this.reflector.getAllAndOverride<string | undefined>(EXTENSION, places),
    };
    this.routes.set(handler, route);
    return route;
  }
}

interface Route {
  readonly anyMediaType: boolean;
  readonly extension: string | undefined;
}

/** Where nothing but plain JSON is spoken. */
function negotiatePlain(request: JsonApiRequest): true {
  const { 'content-type': type, accept } = request.headers;
  if (hasBody(request) && parseMediaType(type ?? '')?.essence !== JSON_TYPE)
    throw JsonApiError.of('unsupported_media_type', `Send the body as ${JSON_TYPE}.`, {
      header: 'Content-Type',
    });
  const takes = acceptedTypes(accept).map(({ essence }) => essence);
  if (accept?.trim() && !takes.some((essence) => [JSON_TYPE, 'application/*', '*/*'].includes(essence)))
    throw JsonApiError.of('not_acceptable', `Answers are ${JSON_TYPE}; accept that.`, { header: 'Accept' });
  request.lenient = true;
  request.profiles = [];
  return true;
}

/** A body that is packed would be told to be no JSON. */
function requireNoCoding(request: JsonApiRequest): void {
  const { 'content-encoding': coding = 'identity' } = request.headers;
  if (!hasBody(request) || coding.trim().toLowerCase() === 'identity') return;
  throw JsonApiError.of('unsupported_media_type', 'Send the body as it is, without a Content-Encoding.', {
    header: 'Content-Encoding',
  });
}

const hasBody = ({ body }: JsonApiRequest): boolean => Buffer.isBuffer(body) && body.length > 0;

function spokenType(header: string | undefined, extension: string | undefined): string {
  const type = header === undefined ? undefined : parseMediaType(header);
  if (type?.essence === JSON_TYPE) return type.essence;
  const exactly = extension === undefined || uris(type, 'ext').includes(extension);
  if (type && exactly && isJsonApi(type, ['profile'], extension)) return type.essence;
  const wanted = mediaType({ extensions: extension === undefined ? [] : [extension] });
  const detail = `Send the body as ${wanted}, without parameters such as charset or an extension that is not known here.`;
  throw JsonApiError.of(
    'unsupported_media_type',
    detail,
    header === undefined ? undefined : { header: 'Content-Type' },
  );
}

/** Clients send the same header each time, and there are few of them. */
const MOST_REMEMBERED = 100;
const remembered = new Map<string, readonly MediaType[]>();

function acceptedTypes(header = ''): readonly MediaType[] {
  const known = remembered.get(header);
  if (known) return known;
  const types = parseAccept(header).filter(({ parameters }) => Number(parameters.get('q') ?? 1) > 0);
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(header, types);
  return types;
}

/** Among what the client takes: JSON:API first, then plain JSON; anything goes when it does not mind. */
function wantedType(
  header: string | undefined,
  types: readonly MediaType[],
  extension: string | undefined,
): string {
  const fits = (essence: string): boolean => types.some((type) => type.essence === essence);
  if (types.some((type) => isTaken(type, extension))) return MEDIA_TYPE;
  if (fits(JSON_TYPE)) return JSON_TYPE;
  if (header === undefined || header.trim() === '') return MEDIA_TYPE;
  if (!fits(MEDIA_TYPE) && (fits('*/*') || fits('application/*'))) return MEDIA_TYPE;
  throw JsonApiError.of('not_acceptable', `Answers are ${MEDIA_TYPE}; accept that without parameters.`, {
    header: 'Accept',
  });
}

/** JSON:API without an extension that this route does not have; profiles are never a reason to refuse. */
const isJsonApi = (type: MediaType, allowed: readonly string[], extension: string | undefined): boolean =>
  type.essence === MEDIA_TYPE &&
  [...type.parameters.keys()].every((name) => name === 'ext' || allowed.includes(name)) &&
  uris(type, 'ext').every((uri) => uri === extension) &&
  (extension !== undefined || !type.parameters.has('ext'));

/** What an answer may go out as. An extension that it needs is told, whether `Accept` names it or not. */
const isTaken = (type: MediaType, extension: string | undefined): boolean =>
  isJsonApi(type, ['profile', 'q'], extension);

const uris = (type: MediaType | undefined, parameter: 'ext' | 'profile'): string[] =>
  (type?.parameters.get(parameter) ?? '').split(' ').filter(Boolean);

const profilesOf = (type: MediaType): string[] => uris(type, 'profile');
