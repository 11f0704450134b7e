export { AccountsModule } from './accounts.module.js';
export {
  atLeast,
  callerKey,
  groupsWhere,
  madeBy,
  makerColumns,
  reachText,
  ROLES,
  stillReaches,
  type Actor,
  type Role,
} from './actor.js';
export { AuthGuard } from './auth.guard.js';
export { AuthModule } from './auth.module.js';
export { apiClientResource } from './clients/api-client.resource.js';
export { oauth2Api } from './clients/oauth2.openapi.js';
export { oauth2Routes } from './clients/oauth2.routes.js';
export { actorOf, CurrentActor } from './current-actor.decorator.js';
export { ensureFirstAdministrator, type FirstAdministrator } from './first-administrator.js';
export { KeyedDigest } from './keyed-digest.js';
export { passwordLinksApi } from './links/password-links.openapi.js';
export { loadActor } from './load-actor.js';
export { loginNormalForm } from './login-email.js';
export { Passwords } from './passwords.js';
export { Public } from './public.decorator.js';
export {
  groupsFor,
  mayEnrol,
  mayHandleRole,
  mayIn,
  RIGHTS,
  type Right,
  type RightsType,
  type Verb,
} from './rights.js';
export { SESSION_HEADER, SessionRefreshInterceptor } from './session-refresh.interceptor.js';
export { sessionsApi } from './sessions.openapi.js';
export { RateLimitGuard } from './throttle/rate-limit.guard.js';
export { SignInLimit } from './throttle/sign-in-limit.js';
export { revokeSessions, SessionsService, type SessionView, type SignedIn } from './sessions.service.js';
export { TokenService, type SignedToken, type TokenSubject } from './token.service.js';
export { userResource } from './users/user.resource.js';
