export { createDataSource } from './data-source.js';
export { Database, sqlState } from './database.js';
export { isMigrated, migrate, requireMigrated } from './migrate.js';
export { openDataSource } from './open-data-source.js';
export { Setting } from './setting.entity.js';
export { startEmbeddedPostgres } from './embedded-postgres.js';
export { type Row } from './statement-query.js';
export { together, type SqlRunner, type Transaction } from './transaction.js';
