import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A sign-in of a user, or a token of an API client, that can be revoked: every token of it carries its id. */
@Entity('sessions')
export class Session {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint', { nullable: true }) userId: string | null;
  @Column('bigint', { nullable: true }) apiClientId: string | null;
  @Column('text', { nullable: true }) userAgent: string | null;
  /** Where it began, under our key: from there its user's attempts are counted apart. */
  @Column('text', { nullable: true }) addressDigest: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) lastUsedAt: Date;
  @Column('timestamptz') expiresAt: Date;
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
}
