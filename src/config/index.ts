export { ENV, EnvError, readEnv, type Env } from './env.js';
