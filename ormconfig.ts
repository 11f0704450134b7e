import { createDataSource } from './src/database/data-source.js';

/**
 * The DataSource of the TypeORM command line: `npm run typeorm -- migration:show`.
 * The embedded server of a running Kith prints its url with `LOG_LEVEL=debug`.
 */
export default createDataSource(process.env['DATABASE_URL'] ?? 'postgresql://localhost/kith');
