import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key under which a caller asked for a write: leased while it runs, then with its answer. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  @PrimaryColumn('text') caller: string;
  @PrimaryColumn('text') key: string;
  @Column('text') fingerprint: string;
  @Column('uuid') holder: string;
  @Column('timestamptz') leasedUntil: Date;
  /** What the caller might then. */
  @Column('text', { nullable: true }) reach: string | null;
  @Column('text', { nullable: true }) answer: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
}
