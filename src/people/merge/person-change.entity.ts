import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One change of a person: who, through which request, before and after. */
@Entity('person_changes')
export class PersonChange {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') personId: string;
  @Column('bigint', { nullable: true }) actorId: string | null;
  /** Instead of a person. */
  @Column('bigint', { nullable: true }) actorClientId: string | null;
  @Column('text') action: string;
  @Column('jsonb') before: Record<string, unknown>;
  @Column('jsonb') after: Record<string, unknown>;
  @Column('text', { nullable: true }) requestId: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
}
