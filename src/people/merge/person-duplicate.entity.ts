import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Two people who may be one, or an entry that could not be decided. */
@Entity('person_duplicates')
export class PersonDuplicate {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text') kind: 'pair' | 'cross_group' | 'held_entry';
  @Column('text', { default: 'open' }) status: 'open' | 'resolved';
  @Column('text') fingerprint: string;
  @Column('bigint', { nullable: true }) personId: string | null;
  @Column('bigint', { array: true }) candidateIds: string[];
  @Column('bigint', { nullable: true }) groupId: string | null;
  @Column('text', { nullable: true }) verdict: string | null;
  @Column('jsonb') evidence: Record<string, unknown>;
  @Column('integer', { default: 1 }) timesSeen: number;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}
