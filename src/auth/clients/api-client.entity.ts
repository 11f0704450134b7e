import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A program that acts by itself, as a user with the memberships that it was given. */
@Entity('api_clients')
export class ApiClient {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text') name: string;
  /** Its public name. */
  @Column('text') clientId: string;
  /** SHA-256: the secret is 256 random bits, which nobody guesses from it. */
  @Column('text') secretHash: string;
  @Column('bigint', { nullable: true }) createdById: string | null;
  @Column('timestamptz', { nullable: true }) lastUsedAt: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}

/** A membership that a client was given: of a person, who answers for it. */
@Entity('api_client_memberships')
export class ApiClientMembership {
  @PrimaryColumn('bigint') apiClientId: string;
  @PrimaryColumn('bigint') groupMembershipId: string;
}
