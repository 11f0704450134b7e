import pg from 'pg';
import { DataSource } from 'typeorm';
import { entities } from './entities.js';
import { migrations } from './migrations.js';
import { SnakeNamingStrategy } from './snake-naming.strategy.js';

/**
 * The one way to a DataSource: the server, the tests, the migrations and the TypeORM command line use it.
 * @param further tables beside the product's own
 * @param timeout milliseconds that a statement may take, and a transaction may idle; 0: any time
 */
export function createDataSource(
  url: string,
  further: readonly (new () => object)[] = [],
  timeout = 0,
): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    // The one that our queries are made of: TypeORM would load another one beside the bundle.
    driver: pg,
    entities: [...entities, ...further],
    migrations,
    namingStrategy: new SnakeNamingStrategy(),
    // Our ids need no extension, and an application's role may not be allowed to create one.
    installExtensions: false,
    poolSize: 10,
    applicationName: 'kith',
    extra: {
      // Statements that are sent together go out together, instead of one after the answer to another.
      pipeline: true,
      ...(timeout > 0 && { statement_timeout: timeout, idle_in_transaction_session_timeout: timeout }),
    },
  });
}
